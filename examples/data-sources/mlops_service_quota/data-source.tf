data "mlops_service_quota" "serving" {
  usage         = "endpoint"
  instance_type = "ml.m5.large"
}

output "serving" {
  value = "${data.mlops_service_quota.serving.quota_name}: ${data.mlops_service_quota.serving.in_use} of ${data.mlops_service_quota.serving.value}"

  # The same block in `lifecycle` of the endpoint stops the plan before anything is created.
  precondition {
    condition     = data.mlops_service_quota.serving.available >= 1
    error_message = "One more instance is needed: request an increase of the quota ${data.mlops_service_quota.serving.quota_code}."
  }
}
