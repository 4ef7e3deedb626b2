list "mlops_model_package" "approved" {
  provider = mlops

  config {
    model_package_group_name = "churn"
    model_approval_status    = "Approved"
  }
}
