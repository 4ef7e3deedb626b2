# {"Std:Join":{"On":"","Values":["Stopped: ",{"Get":"Parameters.reason"}]}}
output "error_message" {
  value = try(jsonencode(jsondecode(data.mlops_pipeline_definition.example.json).Steps[0].Arguments.ErrorMessage), null)
}

data "mlops_pipeline_definition" "example" {
  parameters = [{ name = "reason", type = "String" }]
  steps = [
    { name = "stop", fail = { error_message = "Stopped: ${provider::mlops::parameter("reason")}" } },
  ]
}
