# The newest version that somebody approved. With `arn` instead it is the version of that ARN.
data "mlops_model_package" "churn" {
  model_package_group_name = "churn"
  model_approval_status    = "Approved"
}

output "version" {
  value = data.mlops_model_package.churn.model_package_version
}

output "metadata" {
  value = data.mlops_model_package.churn.customer_metadata_properties
}

output "images" {
  value = data.mlops_model_package.churn.inference_specification.containers[*].image
}
