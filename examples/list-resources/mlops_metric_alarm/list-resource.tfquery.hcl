list "mlops_metric_alarm" "firing" {
  provider = mlops

  config {
    name_prefix = "churn"
    state_value = "ALARM"
  }
}
