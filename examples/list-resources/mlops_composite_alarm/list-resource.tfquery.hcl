list "mlops_composite_alarm" "churn" {
  provider = mlops

  config {
    name_prefix = "churn"
  }
}
