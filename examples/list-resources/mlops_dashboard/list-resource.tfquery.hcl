list "mlops_dashboard" "churn" {
  provider = mlops

  config {
    name_prefix = "churn"
  }
}
