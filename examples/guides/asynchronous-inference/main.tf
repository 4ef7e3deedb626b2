variable "success_topic" {
  type        = string
  description = "ARN of the SNS topic that is notified of each response."
}

variable "error_topic" {
  type        = string
  description = "ARN of the SNS topic that is notified of each failure."
}

resource "mlops_bucket_layout" "churn" {
  name          = "churn-asynchronous"
  layout        = { requests = {}, models = {}, responses = { expiration_days = 30 } }
  force_destroy = true # The endpoint stores its responses here.
}

resource "mlops_execution_role" "churn" {
  name = "churn-asynchronous"
  access = {
    read       = [mlops_bucket_layout.churn.uris["requests"], mlops_bucket_layout.churn.uris["models"]]
    write      = [mlops_bucket_layout.churn.uris["responses"]]
    sns_topics = [var.success_topic, var.error_topic]
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

resource "mlops_endpoint_configuration" "churn" {
  name_prefix = "churn-"
  production_variants = [
    {
      variant_name           = "all"
      model_name             = mlops_model.churn.name
      instance_type          = "ml.m5.large"
      initial_instance_count = 1
    },
  ]
  async_inference_config = {
    client_config = { max_concurrent_invocations_per_instance = 4 }
    output_config = {
      s3_output_path  = "${mlops_bucket_layout.churn.uris["responses"]}results"
      s3_failure_path = "${mlops_bucket_layout.churn.uris["responses"]}failures"
      notification_config = {
        success_topic = var.success_topic
        error_topic   = var.error_topic
      }
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "mlops_endpoint" "churn" {
  name                 = "churn-asynchronous"
  endpoint_config_name = mlops_endpoint_configuration.churn.name
}
