list "mlops_pipeline_schedule" "enabled" {
  provider = mlops

  config {
    name_prefix = "churn"
    state       = "ENABLED"
  }
}
