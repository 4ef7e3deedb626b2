# The approved versions of a group, the newest first.
data "mlops_model_packages" "churn" {
  model_package_group_name = "churn"
  model_approval_status    = "Approved"
}

output "versions" {
  value = data.mlops_model_packages.churn.model_packages[*].model_package_version
}
