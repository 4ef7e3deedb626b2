# terraform apply -invoke=action.mlops_stop_monitoring_schedule.churn
action "mlops_stop_monitoring_schedule" "churn" {
  config {
    name = "churn"
  }
}
