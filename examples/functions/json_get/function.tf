# {"Std:JsonGet":{"Path":"accuracy.value","PropertyFile":{"Get":"Steps.evaluate.PropertyFiles.metrics"}}}
output "error_message" {
  value = try(jsonencode(jsondecode(data.mlops_pipeline_definition.example.json).Steps[1].Arguments.ErrorMessage), null)
}

data "mlops_pipeline_definition" "example" {
  steps = [
    {
      name = "evaluate"
      processing = {
        role_arn                 = "arn:aws:iam::123456789012:role/evaluate"
        app_specification        = { image_uri = "123456789012.dkr.ecr.us-east-1.amazonaws.com/evaluate:1" }
        processing_output_config = { outputs = [{ output_name = "metrics", s3_output = { s3_uri = "s3://churn-project/metrics", local_path = "/opt/ml/processing/metrics", s3_upload_mode = "EndOfJob" } }] }
        processing_resources     = { cluster_config = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 30 } }
      }
      property_files = [{ property_file_name = "metrics", output_name = "metrics", file_path = "metrics.json" }]
    },
    { name = "stop", fail = { error_message = provider::mlops::json_get("evaluate", "metrics", "accuracy.value") } },
  ]
}
