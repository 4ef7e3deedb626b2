list "mlops_pipeline_execution" "churn" {
  provider = mlops

  config {
    pipeline_name = "churn"
    created_after = "2026-01-01T00:00:00Z"
  }
}
