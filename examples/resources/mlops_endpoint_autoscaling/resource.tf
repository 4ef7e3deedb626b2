resource "mlops_bucket_layout" "churn" {
  name   = "churn-autoscaling-storage"
  layout = { models = {}, responses = {} }
}

resource "mlops_execution_role" "churn" {
  name = "churn-autoscaling"
  access = {
    read  = [mlops_bucket_layout.churn.uris["models"]]
    write = [mlops_bucket_layout.churn.uris["responses"]]
  }
}

resource "mlops_model" "churn" {
  name               = "churn-autoscaling"
  execution_role_arn = mlops_execution_role.churn.arn
  primary_container  = { image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3" }

  source_code = {
    directory   = "${path.module}/serving"
    entry_point = "inference.py"
    s3_uri      = mlops_bucket_layout.churn.uris["models"]
  }
}

# Asynchronous inference: requests wait in a queue, and responses go to S3.
resource "mlops_endpoint_configuration" "churn" {
  name = "churn-async"

  production_variants = [
    {
      variant_name           = "main"
      model_name             = mlops_model.churn.name
      instance_type          = "ml.m5.large"
      initial_instance_count = 1
    },
  ]

  async_inference_config = {
    output_config = { s3_output_path = mlops_bucket_layout.churn.uris["responses"] }
  }
}

resource "mlops_endpoint" "churn" {
  name                 = "churn-async"
  endpoint_config_name = mlops_endpoint_configuration.churn.name

  # An update keeps the number of instances that autoscaling has chosen.
  retain_all_variant_properties = true
}

# No instance without requests, up to four with many.
resource "mlops_endpoint_autoscaling" "churn" {
  endpoint_name = mlops_endpoint.churn.name
  variant_name  = "main"
  min_capacity  = 0
  max_capacity  = 4

  scaling_policies = {
    # Five waiting requests for each instance.
    backlog = {
      target_tracking_scaling_policy_configuration = {
        target_value      = 5
        scale_in_cooldown = 600

        customized_metric_specification = {
          metric_name = "ApproximateBacklogSizePerInstance"
          namespace   = "AWS/SageMaker"
          statistic   = "Average"
          dimensions  = [{ name = "EndpointName", value = mlops_endpoint.churn.name }]
        }
      }
    }

    # The backlog per instance says nothing while there is none: the alarm below starts the first one.
    first = {
      step_scaling_policy_configuration = {
        adjustment_type  = "ChangeInCapacity"
        step_adjustments = [{ metric_interval_lower_bound = 0, scaling_adjustment = 1 }]
      }
    }
  }

  # One instance is kept ready while people work.
  scheduled_actions = {
    morning = {
      schedule               = "cron(0 8 ? * MON-FRI *)"
      timezone               = "Europe/Berlin"
      scalable_target_action = { min_capacity = 1 }
    }
    evening = {
      schedule               = "cron(0 18 ? * MON-FRI *)"
      timezone               = "Europe/Berlin"
      scalable_target_action = { min_capacity = 0 }
    }
  }
}

resource "mlops_metric_alarm" "waiting" {
  name                = "churn-async-waiting"
  namespace           = "AWS/SageMaker"
  metric_name         = "HasBacklogWithoutCapacity"
  dimensions          = [{ name = "EndpointName", value = mlops_endpoint.churn.name }]
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  alarm_actions       = [mlops_endpoint_autoscaling.churn.scaling_policies["first"].policy_arn]
}
