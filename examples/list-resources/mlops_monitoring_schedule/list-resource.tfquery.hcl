list "mlops_monitoring_schedule" "scheduled" {
  provider = mlops

  config {
    endpoint_name   = "churn"
    monitoring_type = "DataQuality"
    status          = "Scheduled"
  }
}
