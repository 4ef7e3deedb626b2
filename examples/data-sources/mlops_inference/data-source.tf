# One customer a line: months, complaints, monthly bill.
data "mlops_inference" "customers" {
  endpoint_name = "churn"
  content_type  = "text/csv"
  accept        = "application/json"
  on_error      = "warn"
  body = join("\n", [
    "48,0,35.0",
    "3,4,80.0",
  ])
}

output "probabilities" {
  value = try(jsondecode(data.mlops_inference.customers.response), null)
}
