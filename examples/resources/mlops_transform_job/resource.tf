resource "mlops_bucket_layout" "churn" {
  name   = "churn-transform-storage"
  layout = { customers = {}, models = {}, scores = {} }

  # The results are deleted with the bucket.
  force_destroy = true
}

resource "mlops_execution_role" "churn" {
  name = "churn-transform"
  access = {
    read  = [mlops_bucket_layout.churn.uris["customers"], mlops_bucket_layout.churn.uris["models"]]
    write = [mlops_bucket_layout.churn.uris["scores"]]
  }
}

resource "mlops_dataset" "model" {
  bucket = mlops_bucket_layout.churn.name
  prefix = "models/churn-1"
  source = "${path.module}/model"
}

resource "mlops_dataset" "customers" {
  bucket = mlops_bucket_layout.churn.name
  prefix = "customers"
  source = "${path.module}/customers"
}

resource "mlops_model" "churn" {
  name               = "churn-transform"
  execution_role_arn = mlops_execution_role.churn.arn

  primary_container = {
    image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
    model_data_source = {
      s3_data_source = {
        s3_uri           = mlops_dataset.model.uri
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
}

# Scores every customer once. AWS keeps the record of each job and never accepts its name again, hence the prefix.
resource "mlops_transform_job" "scores" {
  name_prefix = "churn-scores-"
  model_name  = mlops_model.churn.name

  transform_input = {
    data_source  = { s3_data_source = { s3_data_type = "S3Prefix", s3_uri = mlops_dataset.customers.uri } }
    content_type = "text/csv"
    split_type   = "Line"
  }

  transform_output = {
    s3_output_path = mlops_bucket_layout.churn.uris["scores"]
    assemble_with  = "Line"
  }

  transform_resources = { instance_type = "ml.m5.large", instance_count = 1 }

  # Other customers are scored by a new job.
  triggers = { customers = mlops_dataset.customers.content_sha256 }
}
