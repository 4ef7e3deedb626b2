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
