# A pipeline that prepares data, trains a classifier of handwritten digits, measures it, and registers it if it is good enough;
# otherwise the execution fails with a message, and so does the apply.

terraform {
  required_providers {
    mlops = {
      source = "cloud-mlops/mlops"
    }
  }
}

variable "name" {
  description = "Name of the stack; bucket names are unique in the world, so choose your own."
  type        = string
  default     = "digits-pipeline"
}

variable "image" {
  description = "Image of all steps: SageMaker's scikit-learn container of your region."
  type        = string
  default     = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
}

variable "minimum_accuracy" {
  description = "Accuracy on unseen digits that a model must have to be registered."
  type        = number
  default     = 0.9

  validation {
    condition     = var.minimum_accuracy >= 0 && var.minimum_accuracy <= 1
    error_message = "An accuracy is between 0 and 1."
  }
}

resource "mlops_bucket_layout" "project" {
  name          = var.name
  force_destroy = true
  layout = {
    code   = {}
    models = { expiration_days = 90 }
  }
}

locals {
  uris = mlops_bucket_layout.project.uris
}

resource "mlops_execution_role" "project" {
  name = var.name
  access = {
    read           = values(local.uris)
    write          = [local.uris["models"]]
    model_registry = [var.name]
    pipelines      = true
  }
}

resource "mlops_model_package_group" "digits" {
  name          = var.name
  force_destroy = true
}

# The scripts of the steps. A change uploads them and runs the pipeline again.
resource "mlops_dataset" "code" {
  bucket = mlops_bucket_layout.project.name
  prefix = "code"
  source = "${path.module}/steps"
}

locals {
  # A data source that refers to these resources itself would be read in the apply, and the plan could not show the definition.
  role    = mlops_execution_role.project.arn
  group   = mlops_model_package_group.digits.name
  scripts = mlops_dataset.code.uri

  run  = "${local.uris["models"]}${provider::mlops::execution_variable("PipelineExecutionId")}"
  code = { input_name = "code", s3_input = { s3_uri = local.scripts, local_path = "/opt/ml/processing/input/code", s3_data_type = "S3Prefix", s3_input_mode = "File" } }

  train_data = provider::mlops::step_property("prepare", "ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri")
  test_data  = provider::mlops::step_property("prepare", "ProcessingOutputConfig.Outputs['test'].S3Output.S3Uri")
  model      = provider::mlops::step_property("train", "ModelArtifacts.S3ModelArtifacts")
  accuracy   = provider::mlops::json_get("evaluate", "evaluation", "accuracy")

  cluster = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 10 }
}

data "mlops_pipeline_definition" "digits" {
  parameters = [
    { name = "MinimumAccuracy", type = "Float", default_value = 0.9 },
  ]

  steps = [
    {
      name = "prepare"
      processing = {
        role_arn = local.role
        app_specification = {
          image_uri            = var.image
          container_entrypoint = ["python3", "/opt/ml/processing/input/code/prepare.py"]
        }
        processing_inputs = [local.code]
        processing_output_config = {
          outputs = [for name in ["train", "test"] : {
            output_name = name
            s3_output   = { s3_uri = "${local.run}/${name}", local_path = "/opt/ml/processing/output/${name}", s3_upload_mode = "EndOfJob" }
          }]
        }
        processing_resources = { cluster_config = local.cluster }
      }
    },
    {
      name = "train"
      training = {
        role_arn = local.role
        algorithm_specification = {
          training_image       = var.image
          training_input_mode  = "File"
          container_entrypoint = ["python3", "/opt/ml/input/data/code/train.py"]
        }
        input_data_config = [for name, uri in { code = local.scripts, digits = local.train_data } : {
          channel_name = name
          data_source  = { s3_data_source = { s3_data_type = "S3Prefix", s3_uri = uri } }
        }]
        output_data_config = { s3_output_path = local.run }
        resource_config    = local.cluster
        stopping_condition = { max_runtime_in_seconds = 3600 }
      }
    },
    {
      name = "evaluate"
      processing = {
        role_arn = local.role
        app_specification = {
          image_uri            = var.image
          container_entrypoint = ["python3", "/opt/ml/processing/input/code/evaluate.py"]
        }
        processing_inputs = concat([local.code], [for name, uri in { model = local.model, test = local.test_data } : {
          input_name = name
          s3_input   = { s3_uri = uri, local_path = "/opt/ml/processing/input/${name}", s3_data_type = "S3Prefix", s3_input_mode = "File" }
        }])
        processing_output_config = {
          outputs = [{
            output_name = "evaluation"
            s3_output   = { s3_uri = "${local.run}/evaluation", local_path = "/opt/ml/processing/output", s3_upload_mode = "EndOfJob" }
          }]
        }
        processing_resources = { cluster_config = local.cluster }
      }
      property_files = [{ property_file_name = "evaluation", output_name = "evaluation", file_path = "evaluation.json" }]
    },
    {
      name = "is-good-enough"
      condition = {
        conditions = [{
          type        = "GreaterThanOrEqualTo"
          left_value  = local.accuracy
          right_value = provider::mlops::parameter("MinimumAccuracy")
        }]
        if_steps   = ["register"]
        else_steps = ["refuse"]
      }
    },
    # Registered, not approved: that is up to a person, or to a test of the model in its surroundings.
    {
      name = "register"
      register_model = {
        model_package_group_name = local.group
        model_approval_status    = "PendingManualApproval"
        inference_specification = {
          containers                    = [{ image = var.image, model_data_url = local.model }]
          supported_content_types       = ["text/csv"]
          supported_response_mime_types = ["text/csv"]
        }
      }
    },
    {
      name = "refuse"
      fail = {
        error_message = provider::mlops::pipeline_join(" ", ["The accuracy", local.accuracy, "is below", provider::mlops::parameter("MinimumAccuracy")])
      }
    },
  ]
}

resource "mlops_pipeline" "digits" {
  name       = var.name
  role_arn   = mlops_execution_role.project.arn
  definition = data.mlops_pipeline_definition.digits.json
}

# Runs once, and again when the threshold, the definition or a script changes.
resource "mlops_pipeline_execution" "digits" {
  pipeline_name = mlops_pipeline.digits.name
  parameters    = { MinimumAccuracy = tostring(var.minimum_accuracy) }

  triggers = {
    pipeline = mlops_pipeline.digits.definition_sha256
    code     = mlops_dataset.code.content_sha256
  }
}

output "steps" {
  value = { for name, step in mlops_pipeline_execution.digits.steps : name => step.status }
}

output "model_package_arn" {
  description = "The registered model."
  value       = try(mlops_pipeline_execution.digits.steps["register"].arn, null)
}
