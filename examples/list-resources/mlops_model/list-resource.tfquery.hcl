list "mlops_model" "churn" {
  provider = mlops

  config {
    name_contains = "churn"
  }
}
