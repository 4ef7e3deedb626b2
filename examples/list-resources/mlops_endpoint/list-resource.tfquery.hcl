list "mlops_endpoint" "in_service" {
  provider = mlops

  config {
    name_contains = "churn"
    status        = "InService"
  }
}
