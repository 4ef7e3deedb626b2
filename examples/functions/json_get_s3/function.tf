# {"Std:JsonGet":{"Path":"accuracy.value","S3Uri":"s3://churn-project/metrics.json"}}
output "error_message" {
  value = try(jsonencode(jsondecode(data.mlops_pipeline_definition.example.json).Steps[0].Arguments.ErrorMessage), null)
}

data "mlops_pipeline_definition" "example" {
  steps = [
    { name = "stop", fail = { error_message = provider::mlops::json_get_s3("s3://churn-project/metrics.json", "accuracy.value") } },
  ]
}
