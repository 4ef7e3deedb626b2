data "mlops_caller_identity" "current" {}

output "account" {
  value = "${data.mlops_caller_identity.current.account_id} in ${data.mlops_caller_identity.current.region}"
}
