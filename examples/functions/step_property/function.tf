# {"Get":"Steps.ask.OutputParameters['reason']"}
output "error_message" {
  value = try(jsonencode(jsondecode(data.mlops_pipeline_definition.example.json).Steps[1].Arguments.ErrorMessage), null)
}

data "mlops_pipeline_definition" "example" {
  steps = [
    {
      name = "ask"
      lambda = {
        function_arn = "arn:aws:lambda:us-east-1:123456789012:function:ask"
        output_parameters = [
          { output_name = "reason", output_type = "String" },
          { output_name = "details", output_type = "String" },
        ]
      }
    },
    { name = "stop", fail = { error_message = provider::mlops::step_property("ask", "OutputParameters['reason']") } },
  ]
}
