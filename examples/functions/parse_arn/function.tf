# 123456789012
output "account_of_the_endpoint" {
  value = provider::mlops::parse_arn("arn:aws:sagemaker:us-east-1:123456789012:endpoint/churn").account_id
}
