list "mlops_notification_topic" "ml" {
  provider = mlops

  config {
    tags = { team = "ml" }
  }
}
