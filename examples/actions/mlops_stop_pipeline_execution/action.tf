variable "execution_arn" {
  type = string
}

# terraform apply -invoke=action.mlops_stop_pipeline_execution.churn -var=execution_arn=...
action "mlops_stop_pipeline_execution" "churn" {
  config {
    arn = var.execution_arn
  }
}
