list "mlops_endpoint_autoscaling" "ml" {
  provider = mlops

  config {
    tags = { team = "ml" }
  }
}
