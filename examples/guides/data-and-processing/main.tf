resource "mlops_bucket_layout" "churn" {
  name          = "churn-data-and-processing"
  layout        = { data = {}, code = {}, splits = { expiration_days = 90 } }
  force_destroy = true # The job stores its output here.
}

resource "mlops_execution_role" "preparation" {
  name = "churn-preparation"
  access = {
    read  = [mlops_bucket_layout.churn.uris["data"], mlops_bucket_layout.churn.uris["code"]]
    write = [mlops_bucket_layout.churn.uris["splits"]]
  }
}

# Every file of the directory: the customers, and the schema that documents them.
resource "mlops_dataset" "customers" {
  bucket = mlops_bucket_layout.churn.name
  prefix = "data/customers"
  source = "${path.module}/data"
}

locals {
  # What makes the splits. If any of it changes, another job makes others beside them.
  splits = substr(sha256(jsonencode([
    mlops_dataset.customers.content_sha256,
    filesha256("${path.module}/preparation/prepare.py"),
  ])), 0, 8)
}

resource "mlops_processing_job" "preparation" {
  name     = "churn-preparation-${local.splits}"
  role_arn = mlops_execution_role.preparation.arn

  app_specification = { image_uri = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3" }
  source_code = {
    directory   = "${path.module}/preparation"
    entry_point = "prepare.py"
    s3_uri      = mlops_bucket_layout.churn.uris["code"]
  }

  processing_inputs = [
    {
      input_name = "customers"
      s3_input   = { s3_uri = mlops_dataset.customers.uri, local_path = "/opt/ml/processing/input/customers" }
    },
  ]

  processing_output_config = {
    outputs = [for name in ["train", "validate", "test"] : {
      output_name = name
      s3_output = {
        s3_uri     = "${mlops_bucket_layout.churn.uris["splits"]}${local.splits}/${name}/"
        local_path = "/opt/ml/processing/output/${name}"
      }
    }]
  }

  processing_resources = { cluster_config = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 10 } }
  stopping_condition   = { max_runtime_in_seconds = 3600 }

  # The former splits stay until the new ones are there.
  lifecycle {
    create_before_destroy = true
  }
}

output "message" {
  value = mlops_processing_job.preparation.exit_message
}

# What a training job reads.
output "splits" {
  value = mlops_processing_job.preparation.output_uris
}
