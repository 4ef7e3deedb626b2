# terraform apply -invoke=action.mlops_start_pipeline_execution.churn
action "mlops_start_pipeline_execution" "churn" {
  config {
    pipeline_name = "churn"
    display_name  = "by-hand"
    parameters    = { Rows = "200" }
  }
}
