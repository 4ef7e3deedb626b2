# terraform apply -invoke=action.mlops_stop_training_job.churn
action "mlops_stop_training_job" "churn" {
  config {
    name = "churn-2024"
  }
}
