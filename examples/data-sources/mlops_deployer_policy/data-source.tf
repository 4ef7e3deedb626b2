data "mlops_deployer_policy" "ci" {
  name_prefixes = ["churn"]
  types         = ["mlops_bucket_layout", "mlops_execution_role", "mlops_model", "mlops_endpoint"]
}

output "ci" {
  value = data.mlops_deployer_policy.ci.json
}
