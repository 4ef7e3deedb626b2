# terraform apply -invoke=action.mlops_reject_model_package.churn
action "mlops_reject_model_package" "churn" {
  config {
    arn                  = "arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/1"
    approval_description = "Recall is below 0.9 on last month's customers."
  }
}
