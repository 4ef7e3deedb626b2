list "mlops_data_quality_job_definition" "churn" {
  provider = mlops

  config {
    endpoint_name = "churn"
  }
}
