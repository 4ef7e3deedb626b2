resource "mlops_endpoint_alarms" "churn" {
  endpoint_name = "churn"
  variant_name  = "main"
  alarm_actions = ["arn:aws:sns:us-east-1:123456789012:people"]

  # An instance of the type ml.m5.large has 2 vCPUs: 160 of its 200 % are the limit.
  vcpu_count = 2

  # Faster than the default demands, and at night nobody invokes the endpoint.
  model_latency  = { threshold = 500000 }
  no_invocations = { enabled = false }

  # What the data quality schedule publishes of these features.
  monitoring_schedule_name = "churn-data"
  data_quality_drift = {
    age    = {}
    income = { threshold = 0.2 }
  }
}

# One alarm for what users notice.
resource "mlops_composite_alarm" "churn" {
  name = "churn"
  alarm_rule = join(" OR ", [
    "ALARM(${mlops_endpoint_alarms.churn.alarm_names["invocation_5xx_errors"]})",
    "ALARM(${mlops_endpoint_alarms.churn.alarm_names["model_latency"]})",
  ])
}
