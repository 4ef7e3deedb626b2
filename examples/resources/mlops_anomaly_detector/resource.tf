# Learns the latency of an endpoint, but not from the night of a known outage.
resource "mlops_anomaly_detector" "latency" {
  single_metric_anomaly_detector = {
    namespace   = "AWS/SageMaker"
    metric_name = "ModelLatency"
    stat        = "Average"
    dimensions = [
      { name = "VariantName", value = "main" },
      { name = "EndpointName", value = "churn" },
    ]
  }

  configuration = {
    metric_timezone = "Europe/Berlin"
    excluded_time_ranges = [
      { start_time = "2026-03-01T22:00:00Z", end_time = "2026-03-02T04:00:00Z" },
    ]
  }
}

# Learns the share of requests that fail.
resource "mlops_anomaly_detector" "failures" {
  metric_math_anomaly_detector = {
    metric_data_queries = [
      { id = "share", expression = "errors / invocations * 100" },
      {
        id          = "errors"
        return_data = false
        metric_stat = {
          metric = { namespace = "AWS/SageMaker", metric_name = "Invocation5XXErrors", dimensions = [{ name = "EndpointName", value = "churn" }] }
          period = 300
          stat   = "Sum"
        }
      },
      {
        id          = "invocations"
        return_data = false
        metric_stat = {
          metric = { namespace = "AWS/SageMaker", metric_name = "Invocations", dimensions = [{ name = "EndpointName", value = "churn" }] }
          period = 300
          stat   = "Sum"
        }
      },
    ]
  }
}
