resource "mlops_dashboard" "churn" {
  name = "churn"

  dashboard_body = jsonencode({
    widgets = [{
      type   = "metric"
      x      = 0
      y      = 0
      width  = 12
      height = 6
      properties = {
        title   = "Invocations"
        region  = "us-east-1"
        stat    = "Sum"
        period  = 60
        metrics = [["AWS/SageMaker", "Invocations", "EndpointName", "churn", "VariantName", "main"]]
      }
    }]
  })
}

# Generated: the plan shows the widgets.
resource "mlops_dashboard" "generated" {
  name = "churn-generated"

  endpoints            = [{ endpoint_name = "churn", variant_name = "main" }]
  training_jobs        = ["churn-2025-01-01"]
  monitoring_schedules = ["churn-data"]
  alarms               = ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:churn-main-model-latency"]
}
