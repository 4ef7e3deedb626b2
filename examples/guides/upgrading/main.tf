terraform {
  required_version = ">= 1.11"

  required_providers {
    mlops = {
      source  = "cloud-mlops/mlops"
      version = "~> 0.1.0"
    }
  }
}

provider "mlops" {}

resource "mlops_model_package_group" "churn" {
  name = "churn-upgrading"
}
