# One customer a line: months, complaints, monthly bill. Neither the plan nor the state has the request or the response.
ephemeral "mlops_inference" "customers" {
  endpoint_name = "churn"
  content_type  = "text/csv"
  accept        = "application/json"
  body          = "48,0,35.0"
}

# Write-only arguments, provider blocks and other ephemeral values can use it.
locals {
  probabilities = try(jsondecode(ephemeral.mlops_inference.customers.response), null)
}
