list "mlops_notebook_instance" "stopped" {
  provider = mlops

  config {
    name_contains = "analysis"
    status        = "Stopped"
  }
}
