# terraform apply -invoke=action.mlops_start_monitoring_schedule.churn
action "mlops_start_monitoring_schedule" "churn" {
  config {
    name = "churn"
  }
}
