resource "mlops_execution_role" "studio" {
  name = "churn-studio"
}

resource "mlops_studio_domain" "churn" {
  name       = "churn"
  auth_mode  = "IAM"
  vpc_id     = "vpc-0123456789abcdef0"
  subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]

  default_user_settings = {
    execution_role = mlops_execution_role.studio.arn

    # An app that nobody uses for an hour is stopped, and no longer billed.
    jupyter_lab_app_settings = {
      app_lifecycle_management = {
        idle_settings = { lifecycle_management = "ENABLED", idle_timeout_in_minutes = 60 }
      }
    }
  }

  # A destroy also deletes the users' spaces and apps.
  force_destroy = true
}
