terraform {
  required_providers {
    mlops = {
      source = "cloud-mlops/mlops"
    }
  }
}

provider "mlops" {
  region              = "eu-west-1"
  allowed_account_ids = ["123456789012"]

  assume_role = [{
    role_arn     = "arn:aws:iam::123456789012:role/deployment"
    session_name = "terraform"
  }]

  default_tags = {
    tags = {
      team = "forecasting"
    }
  }
}
