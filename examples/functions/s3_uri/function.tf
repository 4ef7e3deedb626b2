# s3://churn-project/data/train/
output "training_data" {
  value = provider::mlops::s3_uri("churn-project", "data", "train/")
}
