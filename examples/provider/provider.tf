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

# Role chaining into another account: the second role is assumed with the credentials of the first. A resource of that account has
# the argument `provider = mlops.production`, and a module `providers = { mlops = mlops.production }`.
provider "mlops" {
  alias               = "production"
  region              = "eu-central-1"
  allowed_account_ids = ["210987654321"]

  assume_role = [
    { role_arn = "arn:aws:iam::123456789012:role/deployment" },
    { role_arn = "arn:aws:iam::210987654321:role/production" },
  ]
}
