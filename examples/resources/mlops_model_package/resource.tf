resource "mlops_bucket_layout" "churn" {
  name   = "churn-registry-storage"
  layout = { models = {} }
}

resource "mlops_dataset" "churn" {
  bucket = mlops_bucket_layout.churn.name
  prefix = "models/churn-1"
  source = "${path.module}/model"
}

resource "mlops_model_package_group" "churn" {
  name = "churn"
}

# A version of the model. A change of what is registered registers the next version.
resource "mlops_model_package" "churn" {
  model_package_group_name  = mlops_model_package_group.churn.name
  model_package_description = "Trained on the customers of 2025"

  inference_specification = {
    containers = [{
      image     = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
      framework = "SKLEARN"
      model_data_source = {
        s3_data_source = {
          s3_uri           = mlops_dataset.churn.uri
          s3_data_type     = "S3Prefix"
          compression_type = "None"
        }
      }
    }]
    supported_content_types       = ["text/csv"]
    supported_response_mime_types = ["application/json"]
  }

  model_metrics = {
    model_quality = {
      statistics = {
        content_type = "application/json"
        s3_uri       = "${mlops_dataset.churn.uri}weights.json"
      }
    }
  }

  metadata_properties = {
    repository = "https://github.com/example/churn"
    commit_id  = "1a2b3c4"
  }

  # These change in place. Leave model_approval_status out where people or a pipeline approve the versions.
  model_approval_status = "Approved"
  approval_description  = "AUC 0.93 on the held-out customers"

  customer_metadata_properties = {
    auc   = "0.93"
    owner = "retention"
  }

  model_life_cycle = {
    stage        = "Staging"
    stage_status = "Approved"
  }
}

resource "mlops_execution_role" "churn" {
  name   = "churn-registry"
  access = { read = [mlops_bucket_layout.churn.uris["models"]] }
}

# The approved version, ready to be served.
resource "mlops_model" "churn" {
  name_prefix        = "churn-"
  execution_role_arn = mlops_execution_role.churn.arn
  primary_container  = { model_package_name = mlops_model_package.churn.arn }

  lifecycle {
    create_before_destroy = true
  }
}
