list "mlops_autoscaling_target" "ml" {
  provider = mlops

  config {
    tags = { team = "ml" }
  }
}
