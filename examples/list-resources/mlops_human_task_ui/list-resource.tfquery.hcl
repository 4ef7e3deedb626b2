list "mlops_human_task_ui" "all" {
  provider = mlops

  config {
    created_after = "2026-01-01T00:00:00Z"
  }
}
