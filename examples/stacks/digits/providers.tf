# Handwritten digits, from raw data to a monitored endpoint: the README says what is made, and how to work with it.

terraform {
  required_providers {
    mlops = {
      source = "cloud-mlops/mlops"
    }
  }
}

provider "mlops" {
  default_tags = {
    tags = { stack = var.name }
  }
}
