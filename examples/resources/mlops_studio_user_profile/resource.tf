resource "mlops_execution_role" "studio" {
  name = "churn-studio"
}

resource "mlops_studio_domain" "churn" {
  name       = "churn"
  auth_mode  = "IAM"
  vpc_id     = "vpc-0123456789abcdef0"
  subnet_ids = ["subnet-0123456789abcdef0"]

  default_user_settings = {
    execution_role = mlops_execution_role.studio.arn
  }
}

resource "mlops_studio_user_profile" "analyst" {
  domain_id = mlops_studio_domain.churn.domain_id
  name      = "churn-analyst"

  # Everything else is as the domain says.
  user_settings = {
    jupyter_lab_app_settings = {
      default_resource_spec = { instance_type = "ml.t3.medium" }
    }
  }

  # A destroy also deletes the private spaces and apps.
  force_destroy = true
}
