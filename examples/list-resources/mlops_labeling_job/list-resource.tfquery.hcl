list "mlops_labeling_job" "completed" {
  provider = mlops

  config {
    name_contains = "pets"
    status        = "Completed"
  }
}
