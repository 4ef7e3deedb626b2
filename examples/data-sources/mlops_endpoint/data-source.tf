data "mlops_endpoint" "churn" {
  name = "churn"
}

# Each plan and apply warns if the endpoint does not serve, and goes on.
check "churn_serves" {
  assert {
    condition     = data.mlops_endpoint.churn.endpoint_status == "InService"
    error_message = "The endpoint is ${data.mlops_endpoint.churn.endpoint_status}: ${coalesce(data.mlops_endpoint.churn.failure_reason, "no reason")}."
  }
}

output "instances" {
  value = { for v in data.mlops_endpoint.churn.production_variants : v.variant_name => v.current_instance_count }
}
