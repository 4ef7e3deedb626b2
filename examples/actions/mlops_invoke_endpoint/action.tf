# terraform apply -invoke=action.mlops_invoke_endpoint.churn
action "mlops_invoke_endpoint" "churn" {
  config {
    endpoint_name = "churn"
    body          = "1.0,2.5,0"
    content_type  = "text/csv"
    show_response = true
  }
}
