resource "mlops_execution_role" "churn" {
  name   = "churn-scoring"
  access = { pipelines = true }
}

resource "mlops_pipeline" "churn" {
  name     = "churn-scoring"
  role_arn = mlops_execution_role.churn.arn

  definition = jsonencode({
    Version    = "2020-12-01"
    Parameters = [{ Name = "MinRows", Type = "Integer", DefaultValue = 1000 }]
    Steps      = [{ Name = "NotYet", Type = "Fail", Arguments = { ErrorMessage = "Nothing to score yet." } }]
  })
}

# EventBridge Scheduler starts the executions with a role of its own, which may do nothing else.
resource "mlops_execution_role" "schedule" {
  name             = "churn-scoring-schedule"
  trusted_services = ["scheduler.amazonaws.com"]

  access = {
    start_pipelines = [mlops_pipeline.churn.name]
    logs            = false
    metrics         = false
  }
}

# Every night from Monday to Friday, at three o'clock in summer and in winter.
resource "mlops_pipeline_schedule" "churn" {
  name                         = "churn-scoring"
  pipeline_arn                 = mlops_pipeline.churn.arn
  role_arn                     = mlops_execution_role.schedule.arn
  schedule_expression          = "cron(0 3 ? * MON-FRI *)"
  schedule_expression_timezone = "Europe/Berlin"
  parameters                   = { MinRows = "500" }
}
