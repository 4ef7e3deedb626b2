list "mlops_hyper_parameter_tuning_job" "completed" {
  provider = mlops

  config {
    name_contains = "churn"
    status        = "Completed"
  }
}
