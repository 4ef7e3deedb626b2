resource "mlops_bucket_layout" "churn" {
  name          = "churn-training-storage"
  layout        = { data = {}, models = {} }
  force_destroy = true # The job stores its model artifact here.
}

resource "mlops_execution_role" "churn" {
  name = "churn-training"
  access = {
    read  = [mlops_bucket_layout.churn.uris["data"], mlops_bucket_layout.churn.uris["models"]]
    write = [mlops_bucket_layout.churn.uris["models"]]
  }
}

resource "mlops_dataset" "customers" {
  bucket = mlops_bucket_layout.churn.name
  prefix = "data/customers"
  source = "${path.module}/customers.csv"
}

# Runs once. A change of the source code, a hyperparameter or a trigger runs a new job in its place.
resource "mlops_training_job" "churn" {
  name_prefix = "churn-"
  role_arn    = mlops_execution_role.churn.arn

  algorithm_specification = {
    training_image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
    metric_definitions = [
      { name = "accuracy", regex = "accuracy=([0-9.]+)" },
    ]
  }

  # The provider packages the directory and uploads it below the output path.
  source_code = {
    directory   = "${path.module}/training"
    entry_point = "train.py"
  }

  hyper_parameters = {
    max_depth = "4"
  }

  input_data_config = [
    {
      channel_name = "train"
      data_source  = { s3_data_source = { s3_uri = mlops_dataset.customers.uri } }
    },
  ]

  output_data_config = { s3_output_path = mlops_bucket_layout.churn.uris["models"] }

  resource_config = {
    instance_type     = "ml.m5.large"
    instance_count    = 1
    volume_size_in_gb = 10
  }

  # Managed spot training: costs less, and can be interrupted.
  enable_managed_spot_training = true
  stopping_condition = {
    max_runtime_in_seconds   = 3600
    max_wait_time_in_seconds = 7200
  }

  triggers = {
    data = mlops_dataset.customers.content_sha256
  }

  timeouts = {
    create = "3h"
  }
}

output "model" {
  value = mlops_training_job.churn.model_artifacts.s3_model_artifacts
}
