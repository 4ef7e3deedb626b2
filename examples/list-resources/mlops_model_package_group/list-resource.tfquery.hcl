list "mlops_model_package_group" "churn" {
  provider = mlops

  config {
    name_contains = "churn"
  }
}
