resource "mlops_bucket_layout" "churn" {
  name          = "churn-processing-storage"
  layout        = { raw = {}, code = {}, train = {}, test = {} }
  force_destroy = true # The job stores its output here.
}

resource "mlops_execution_role" "churn" {
  name = "churn-processing"
  access = {
    read  = [mlops_bucket_layout.churn.uris["raw"], mlops_bucket_layout.churn.uris["code"]]
    write = [mlops_bucket_layout.churn.uris["train"], mlops_bucket_layout.churn.uris["test"]]
  }
}

resource "mlops_dataset" "customers" {
  bucket = mlops_bucket_layout.churn.name
  prefix = "raw/customers"
  source = "${path.module}/customers.csv"
}

# Runs once. A change of the source code, an argument or a trigger runs a new job in its place.
resource "mlops_processing_job" "churn" {
  name_prefix = "churn-"
  role_arn    = mlops_execution_role.churn.arn

  app_specification = {
    image_uri           = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
    container_arguments = ["--test-share", "0.25"]
  }

  # The provider packages the directory and uploads it; the job unpacks it and runs the script.
  source_code = {
    directory   = "${path.module}/processing"
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
    outputs = [
      {
        output_name = "train"
        s3_output   = { s3_uri = mlops_bucket_layout.churn.uris["train"], local_path = "/opt/ml/processing/train" }
      },
      {
        output_name = "test"
        s3_output   = { s3_uri = mlops_bucket_layout.churn.uris["test"], local_path = "/opt/ml/processing/test" }
      },
    ]
  }

  processing_resources = {
    cluster_config = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 10 }
  }

  stopping_condition = { max_runtime_in_seconds = 3600 }

  triggers = {
    data = mlops_dataset.customers.content_sha256
  }
}

output "train" {
  value = mlops_processing_job.churn.output_uris["train"] # s3://churn-processing-storage/train/
}

output "message" {
  value = mlops_processing_job.churn.exit_message
}
