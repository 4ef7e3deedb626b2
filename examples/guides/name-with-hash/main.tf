locals {
  version = substr(sha256(jsonencode([
    filesha256("${path.module}/training/train.py"),
    var.max_depth,
  ])), 0, 8)
}

variable "max_depth" {
  type    = number
  default = 4
}

resource "mlops_bucket_layout" "churn" {
  name          = "churn-versions"
  layout        = { models = {} }
  force_destroy = true # The job stores its model artifact here.
}

resource "mlops_execution_role" "churn" {
  name = "churn-versions"
  access = {
    read  = [mlops_bucket_layout.churn.uris["models"]] # The source code is stored here.
    write = [mlops_bucket_layout.churn.uris["models"]]
  }
}

resource "mlops_training_job" "churn" {
  name                    = "churn-${local.version}"
  role_arn                = mlops_execution_role.churn.arn
  algorithm_specification = { training_image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3" }
  source_code             = { directory = "${path.module}/training", entry_point = "train.py" }
  hyper_parameters        = { max_depth = tostring(var.max_depth) }
  output_data_config      = { s3_output_path = mlops_bucket_layout.churn.uris["models"] }
  resource_config         = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 10 }
  stopping_condition      = { max_runtime_in_seconds = 3600 }

  lifecycle {
    create_before_destroy = true
  }
}
