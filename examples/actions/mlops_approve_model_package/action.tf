# terraform apply -invoke=action.mlops_approve_model_package.churn
action "mlops_approve_model_package" "churn" {
  config {
    arn                  = "arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/1"
    approval_description = "Recall is above 0.9 on last month's customers."
  }
}
