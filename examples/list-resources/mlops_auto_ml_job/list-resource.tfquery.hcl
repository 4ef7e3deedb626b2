list "mlops_auto_ml_job" "completed" {
  provider = mlops

  config {
    name_contains = "churn"
    status        = "Completed"
  }
}
