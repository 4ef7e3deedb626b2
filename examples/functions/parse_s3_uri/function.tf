# models/churn/model.tar.gz
output "key_of_the_model" {
  value = provider::mlops::parse_s3_uri("s3://churn-project/models/churn/model.tar.gz").key
}
