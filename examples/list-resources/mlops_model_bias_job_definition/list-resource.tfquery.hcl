list "mlops_model_bias_job_definition" "churn" {
  provider = mlops

  config {
    endpoint_name = "churn"
  }
}
