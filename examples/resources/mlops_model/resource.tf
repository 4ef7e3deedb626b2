resource "mlops_bucket_layout" "churn" {
  name   = "churn-model-storage"
  layout = { models = {} }
}

resource "mlops_execution_role" "churn" {
  name   = "churn-serving"
  access = { read = [mlops_bucket_layout.churn.uris["models"]] }
}

# A model that was trained elsewhere. mlops_training_job trains one.
resource "mlops_dataset" "churn" {
  bucket = mlops_bucket_layout.churn.name
  prefix = "models/churn-1"
  source = "${path.module}/model"
}

# A model is immutable: a change creates a new one first, and deletes the old one once no endpoint uses it.
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
    environment = {
      SAGEMAKER_CONTAINER_LOG_LEVEL = "20"
    }
  }

  # The inference script. The provider packages and uploads the directory.
  source_code = {
    directory   = "${path.module}/serving"
    entry_point = "inference.py"
    s3_uri      = mlops_bucket_layout.churn.uris["models"]
  }

  lifecycle {
    create_before_destroy = true
  }
}
