list "mlops_notebook_instance_lifecycle_configuration" "analysis" {
  provider = mlops

  config {
    name_contains = "analysis"
  }
}
