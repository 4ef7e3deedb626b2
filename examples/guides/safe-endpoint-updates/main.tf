resource "mlops_bucket_layout" "churn" {
  name   = "churn-safe-updates"
  layout = { models = {} }
}

resource "mlops_execution_role" "churn" {
  name   = "churn-safe-updates"
  access = { read = [mlops_bucket_layout.churn.uris["models"]] }

  # SageMaker looks at the alarms with the role of the model.
  inline_policies = {
    rollback = jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect   = "Allow"
        Action   = "cloudwatch:DescribeAlarms"
        Resource = values(mlops_endpoint_alarms.churn.alarm_arns)
      }]
    })
  }
}

resource "mlops_model" "churn" {
  name_prefix        = "churn-"
  execution_role_arn = mlops_execution_role.churn.arn
  primary_container  = { image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3" }
  source_code = {
    directory   = "${path.module}/serving"
    entry_point = "inference.py"
    s3_uri      = mlops_bucket_layout.churn.uris["models"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "mlops_endpoint_alarms" "churn" {
  endpoint_name         = "churn"
  variant_name          = "main"
  invocation_5xx_errors = { evaluation_periods = 1 } # One minute of errors is enough.
}

resource "mlops_endpoint" "churn" {
  name = "churn"

  configuration = {
    production_variants = [
      {
        variant_name           = "main"
        model_name             = mlops_model.churn.name
        instance_type          = "ml.m5.large"
        initial_instance_count = 2
      },
    ]
  }

  # A tenth of the traffic for five minutes, then the rest. Either alarm takes everything back.
  deployment_config = {
    blue_green_update_policy = {
      traffic_routing_configuration = {
        type                     = "CANARY"
        canary_size              = { type = "CAPACITY_PERCENT", value = 10 }
        wait_interval_in_seconds = 300
      }
    }
    auto_rollback_configuration = {
      alarms = [
        { alarm_name = mlops_endpoint_alarms.churn.alarm_names["invocation_5xx_errors"] },
        { alarm_name = mlops_endpoint_alarms.churn.alarm_names["model_latency"] },
      ]
    }
  }

  # A customer of four years without complaints stays.
  smoke_test = {
    content_type = "text/csv"
    accept       = "application/json"
    body         = "48,0,35.0"
    expect       = { matches = "^\\[0[.]0" }
  }
}
