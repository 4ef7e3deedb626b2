# {"Get":"Execution.PipelineExecutionId"}
output "error_message" {
  value = try(jsonencode(jsondecode(data.mlops_pipeline_definition.example.json).Steps[0].Arguments.ErrorMessage), null)
}

data "mlops_pipeline_definition" "example" {
  steps = [
    { name = "stop", fail = { error_message = provider::mlops::execution_variable("PipelineExecutionId") } },
  ]
}
