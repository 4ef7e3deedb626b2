list "mlops_model_explainability_job_definition" "churn" {
  provider = mlops

  config {
    endpoint_name = "churn"
  }
}
