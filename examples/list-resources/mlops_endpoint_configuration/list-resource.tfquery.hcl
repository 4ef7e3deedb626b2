list "mlops_endpoint_configuration" "churn" {
  provider = mlops

  config {
    name_contains = "churn"
  }
}
