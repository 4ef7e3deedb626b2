# The slowest hundredth of all invocations: latency is published in microseconds.
resource "mlops_metric_alarm" "latency" {
  name                = "churn-latency"
  alarm_description   = "p99 of the latency is above half a second."
  namespace           = "AWS/SageMaker"
  metric_name         = "ModelLatency"
  extended_statistic  = "p99"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 500000
  treat_missing_data  = "notBreaching"

  dimensions = [
    { name = "EndpointName", value = "churn" },
    { name = "VariantName", value = "main" },
  ]
}

# An expression over two metrics: the percentage of invocations that fail.
resource "mlops_metric_alarm" "errors" {
  name                = "churn-errors"
  evaluation_periods  = 2
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1.5

  metrics = [
    {
      id = "errors"
      metric_stat = {
        metric = {
          namespace   = "AWS/SageMaker"
          metric_name = "Invocation5XXErrors"
          dimensions  = [{ name = "EndpointName", value = "churn" }, { name = "VariantName", value = "main" }]
        }
        stat   = "Sum"
        period = 300
      }
      return_data = false
    },
    {
      id = "invocations"
      metric_stat = {
        metric = {
          namespace   = "AWS/SageMaker"
          metric_name = "Invocations"
          dimensions  = [{ name = "EndpointName", value = "churn" }, { name = "VariantName", value = "main" }]
        }
        stat   = "Sum"
        period = 300
      }
      return_data = false
    },
    { id = "share", expression = "100 * errors / invocations", label = "Failed invocations in percent" },
  ]
}

# A band that CloudWatch learns from the past: as many invocations as usual at this time of the week.
resource "mlops_metric_alarm" "traffic" {
  name                = "churn-traffic"
  evaluation_periods  = 3
  comparison_operator = "LessThanLowerOrGreaterThanUpperThreshold"
  threshold_metric_id = "usual"

  metrics = [
    {
      id = "invocations"
      metric_stat = {
        metric = {
          namespace   = "AWS/SageMaker"
          metric_name = "Invocations"
          dimensions  = [{ name = "EndpointName", value = "churn" }, { name = "VariantName", value = "main" }]
        }
        stat   = "Sum"
        period = 900
      }
    },
    { id = "usual", expression = "ANOMALY_DETECTION_BAND(invocations, 2)" },
  ]
}

# A PromQL query over metrics of OpenTelemetry: each variant that it returns is watched by itself.
resource "mlops_metric_alarm" "queue" {
  name                = "churn-queue"
  evaluation_interval = 60

  evaluation_criteria = {
    prom_ql_criteria = {
      query          = "max by (variant) (queue_length) > 100"
      pending_period = 300
    }
  }
}
