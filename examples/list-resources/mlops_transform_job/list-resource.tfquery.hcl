list "mlops_transform_job" "completed" {
  provider = mlops

  config {
    created_after = "2026-01-01T00:00:00Z"
    status        = "Completed"
  }
}
