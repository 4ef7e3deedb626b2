variable "decision" {
  description = "What was decided of the version: PendingManualApproval, Approved or Rejected."
  type        = string
  default     = "PendingManualApproval"
}

variable "deploy" {
  description = "Whether the version is deployed."
  type        = bool
  default     = false
}

resource "mlops_bucket_layout" "churn" {
  name   = "churn-approval-workflow"
  layout = { models = {} }
}

resource "mlops_dataset" "churn" {
  bucket = mlops_bucket_layout.churn.name
  prefix = "models/churn-1"
  source = "${path.module}/model"
}

resource "mlops_model_package_group" "churn" {
  name = "churn-approval-workflow"
}

resource "mlops_model_package" "churn" {
  model_package_group_name = mlops_model_package_group.churn.name
  model_approval_status    = var.decision

  inference_specification = {
    containers = [{
      image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
      model_data_source = {
        s3_data_source = { s3_uri = mlops_dataset.churn.uri, s3_data_type = "S3Prefix", compression_type = "None" }
      }
    }]
    supported_content_types       = ["text/csv"]
    supported_response_mime_types = ["application/json"]
  }

  # What whoever decides reads.
  customer_metadata_properties = { auc = "0.93" }
}

resource "mlops_execution_role" "churn" {
  name   = "churn-approval-workflow"
  access = { read = [mlops_bucket_layout.churn.uris["models"]] }
}

# What an endpoint serves, or a transform job runs.
resource "mlops_model" "churn" {
  count = var.deploy ? 1 : 0

  name_prefix        = "churn-"
  execution_role_arn = mlops_execution_role.churn.arn
  primary_container  = { model_package_name = mlops_model_package.churn.arn }

  lifecycle {
    create_before_destroy = true
  }
}
