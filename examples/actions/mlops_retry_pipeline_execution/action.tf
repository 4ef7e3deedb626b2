variable "execution_arn" {
  type = string
}

# terraform apply -invoke=action.mlops_retry_pipeline_execution.churn -var=execution_arn=...
action "mlops_retry_pipeline_execution" "churn" {
  config {
    arn                       = var.execution_arn
    parallelism_configuration = { max_parallel_execution_steps = 2 }
  }
}
