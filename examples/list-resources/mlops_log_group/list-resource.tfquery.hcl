list "mlops_log_group" "training" {
  provider = mlops

  config {
    name_prefix = "/aws/sagemaker/"
  }
}
