# arn:aws:sagemaker:eu-west-1:123456789012:endpoint/churn
output "endpoint" {
  value = provider::mlops::arn("endpoint", "eu-west-1", "123456789012", "churn")
}
