list "mlops_inference_component" "churn" {
  provider = mlops

  config {
    endpoint_name = "churn"
  }
}
