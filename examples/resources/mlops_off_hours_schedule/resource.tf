resource "mlops_execution_role" "analysis" {
  name = "analysis-by-day"
}

resource "mlops_notebook_instance" "analysis" {
  name          = "analysis-by-day"
  instance_type = "ml.t3.medium"
  role_arn      = mlops_execution_role.analysis.arn
}

# EventBridge Scheduler stops and starts the notebook instance with a role of its own, which may do nothing else.
resource "mlops_execution_role" "schedule" {
  name             = "analysis-by-day-schedule"
  trusted_services = ["scheduler.amazonaws.com"]

  access = {
    start_stop_notebook_instances = [mlops_notebook_instance.analysis.name]
    logs                          = false
    metrics                       = false
  }
}

# On from seven to seven, from Monday to Friday.
resource "mlops_off_hours_schedule" "analysis" {
  name                         = "analysis-by-day"
  notebook_instance_name       = mlops_notebook_instance.analysis.name
  role_arn                     = mlops_execution_role.schedule.arn
  start_expression             = "cron(0 7 ? * MON-FRI *)"
  stop_expression              = "cron(0 19 ? * MON-FRI *)"
  schedule_expression_timezone = "Europe/Berlin"
}
