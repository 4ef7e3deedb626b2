resource "mlops_bucket_layout" "churn" {
  name   = "churn-endpoint-storage"
  layout = { models = {} }
}

resource "mlops_execution_role" "churn" {
  name   = "churn-serving"
  access = { read = [mlops_bucket_layout.churn.uris["models"]] }

  # SageMaker looks at the alarm of an update with the role of the model.
  inline_policies = {
    rollback = jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect   = "Allow"
        Action   = "cloudwatch:DescribeAlarms"
        Resource = "arn:aws:cloudwatch:*:*:alarm:churn-5xx"
      }]
    })
  }
}

resource "mlops_dataset" "churn" {
  bucket = mlops_bucket_layout.churn.name
  prefix = "models/churn-1"
  source = "${path.module}/model"
}

resource "mlops_model" "churn" {
  name_prefix        = "churn-"
  execution_role_arn = mlops_execution_role.churn.arn

  primary_container = {
    image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
    model_data_source = {
      s3_data_source = {
        s3_uri           = mlops_dataset.churn.uri
        s3_data_type     = "S3Prefix"
        compression_type = "None"
      }
    }
  }

  source_code = {
    directory   = "${path.module}/serving"
    entry_point = "inference.py"
    s3_uri      = mlops_bucket_layout.churn.uris["models"]
  }

  lifecycle {
    create_before_destroy = true
  }
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

  # An update first shifts a tenth of the traffic to the new fleet, and rolls back if the alarm goes off.
  deployment_config = {
    blue_green_update_policy = {
      traffic_routing_configuration = {
        type                     = "CANARY"
        canary_size              = { type = "CAPACITY_PERCENT", value = 10 }
        wait_interval_in_seconds = 300
      }
      termination_wait_in_seconds = 600
    }
    auto_rollback_configuration = {
      alarms = [{ alarm_name = "churn-5xx" }]
    }
  }

  # A customer of four years without complaints stays. A model that does not say so is rolled back.
  smoke_test = {
    content_type = "text/csv"
    accept       = "application/json"
    body         = "48,0,35.0"
    expect       = { matches = "^\\[0[.]0" }
  }

  timeouts = {
    update = "2h"
  }
}
