variable "role_arn" {
  type    = string
  default = "arn:aws:iam::123456789012:role/churn-pipeline"
}

locals {
  image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
  model = provider::mlops::step_property("train", "ModelArtifacts.S3ModelArtifacts")
}

# Trains a model, measures it, and registers it if it is good enough.
data "mlops_pipeline_definition" "churn" {
  parameters = [
    { name = "InstanceCount", type = "Integer", default_value = 1 },
    { name = "MinimumAccuracy", type = "Float", default_value = 0.8 },
  ]

  steps = [
    {
      name         = "train"
      cache_config = { enabled = true, expire_after = "P30D" }
      training = {
        role_arn                = var.role_arn
        algorithm_specification = { training_image = local.image, training_input_mode = "File" }
        hyper_parameters        = { C = "1.0" }
        input_data_config = [{
          channel_name = "train"
          data_source  = { s3_data_source = { s3_data_type = "S3Prefix", s3_uri = "s3://churn-project/data/" } }
        }]
        output_data_config = { s3_output_path = "s3://churn-project/${provider::mlops::execution_variable("PipelineExecutionId")}" }
        resource_config = {
          instance_type     = "ml.m5.large"
          instance_count    = provider::mlops::parameter("InstanceCount")
          volume_size_in_gb = 30
        }
        stopping_condition = { max_runtime_in_seconds = 3600 }
      }
      retry_policies = [{ exception_type = ["SageMaker.CAPACITY_ERROR"], expire_after_min = 60 }]
    },
    {
      name = "evaluate"
      processing = {
        role_arn = var.role_arn
        app_specification = {
          image_uri            = local.image
          container_entrypoint = ["python3", "/opt/ml/processing/input/code/evaluate.py"]
        }
        processing_inputs = [
          { input_name = "model", s3_input = { s3_uri = local.model, local_path = "/opt/ml/processing/model", s3_input_mode = "File", s3_data_type = "S3Prefix" } },
        ]
        processing_output_config = {
          outputs = [{
            output_name = "evaluation"
            s3_output   = { s3_uri = "s3://churn-project/evaluation", local_path = "/opt/ml/processing/evaluation", s3_upload_mode = "EndOfJob" }
          }]
        }
        processing_resources = {
          cluster_config = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 30 }
        }
      }
      property_files = [{ property_file_name = "metrics", output_name = "evaluation", file_path = "metrics.json" }]
    },
    {
      name = "good-enough"
      condition = {
        conditions = [{
          type        = "GreaterThanOrEqualTo"
          left_value  = provider::mlops::json_get("evaluate", "metrics", "accuracy.value")
          right_value = provider::mlops::parameter("MinimumAccuracy")
        }]
        if_steps   = ["register"]
        else_steps = ["stop"]
      }
    },
    {
      name = "register"
      register_model = {
        model_package_group_name = "churn"
        inference_specification = {
          containers                    = [{ image = local.image, model_data_url = local.model }]
          supported_content_types       = ["text/csv"]
          supported_response_mime_types = ["text/csv"]
        }
      }
    },
    {
      name = "stop"
      fail = {
        error_message = provider::mlops::pipeline_join(" ", ["The accuracy is below", provider::mlops::parameter("MinimumAccuracy")])
      }
    },
  ]
}

# Pass the JSON to `mlops_pipeline`.
output "steps" {
  value = try([for step in jsondecode(data.mlops_pipeline_definition.churn.json).Steps : step.Name], [])
}
