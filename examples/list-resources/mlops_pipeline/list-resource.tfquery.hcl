list "mlops_pipeline" "churn" {
  provider = mlops

  config {
    name_prefix = "churn"
  }
}
