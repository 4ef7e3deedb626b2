resource "mlops_bucket_layout" "churn" {
  name   = "churn-by-day-storage"
  layout = { models = {} }
}

resource "mlops_execution_role" "churn" {
  name   = "churn-by-day"
  access = { read = [mlops_bucket_layout.churn.uris["models"]] }
}

resource "mlops_model" "churn" {
  name               = "churn-by-day"
  execution_role_arn = mlops_execution_role.churn.arn
  primary_container  = { image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3" }

  source_code = {
    directory   = "${path.module}/serving"
    entry_point = "inference.py"
    s3_uri      = mlops_bucket_layout.churn.uris["models"]
  }
}

resource "mlops_endpoint" "churn" {
  name = "churn-by-day"
  tags = { stage = "test" }

  configuration = {
    production_variants = [
      {
        variant_name           = "main"
        model_name             = mlops_model.churn.name
        instance_type          = "ml.m5.large"
        initial_instance_count = 1
      },
    ]
  }

  # The name of the schedule below, which refers to the endpoint.
  off_hours_schedule_name = "churn-by-day"
}

resource "mlops_execution_role" "schedule" {
  name             = "churn-by-day-schedule"
  trusted_services = ["scheduler.amazonaws.com"]

  access = {
    recreate_endpoints = [mlops_endpoint.churn.name]
    logs               = false
    metrics            = false
  }
}

# Created at half past six, deleted at seven in the evening, from Monday to Friday.
resource "mlops_off_hours_schedule" "churn" {
  name                         = "churn-by-day"
  role_arn                     = mlops_execution_role.schedule.arn
  start_expression             = "cron(30 6 ? * MON-FRI *)"
  stop_expression              = "cron(0 19 ? * MON-FRI *)"
  schedule_expression_timezone = "Europe/Berlin"

  endpoint = {
    name                 = mlops_endpoint.churn.name
    endpoint_config_name = mlops_endpoint.churn.endpoint_config_name
    tags                 = mlops_endpoint.churn.tags_all
  }
}
