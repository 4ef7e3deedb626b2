# terraform apply -invoke=action.mlops_stop_notebook_instance.analysis
action "mlops_stop_notebook_instance" "analysis" {
  config {
    name = "analysis"

    timeouts = {
      invoke = "15m"
    }
  }
}
