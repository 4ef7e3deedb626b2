# terraform apply -invoke=action.mlops_start_notebook_instance.analysis
action "mlops_start_notebook_instance" "analysis" {
  config {
    name = "analysis"
  }
}
