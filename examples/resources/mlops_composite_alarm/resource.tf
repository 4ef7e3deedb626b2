locals {
  # What is watched, by the name of the metric, and from which value on it is too much.
  watched = { ModelLatency = 500000, Invocation5XXErrors = 5, OverheadLatency = 100000 }
}

resource "mlops_metric_alarm" "churn" {
  for_each = local.watched

  name                = "churn-part-${each.key}"
  namespace           = "AWS/SageMaker"
  metric_name         = each.key
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value
  dimensions          = [{ name = "EndpointName", value = "churn" }, { name = "VariantName", value = "main" }]
}

# People are called where two of the three go off together, and not during maintenance.
resource "mlops_composite_alarm" "churn" {
  name              = "churn-part-all"
  alarm_description = "The churn endpoint is in trouble."
  alarm_rule        = "AT_LEAST(2, ALARM, (${join(", ", [for alarm in mlops_metric_alarm.churn : alarm.name])}))"

  actions_suppressor                  = mlops_composite_alarm.maintenance.arn
  actions_suppressor_wait_period      = 60
  actions_suppressor_extension_period = 120
}

# It is in ALARM as long as its rule says TRUE.
resource "mlops_composite_alarm" "maintenance" {
  name       = "churn-part-maintenance"
  alarm_rule = "FALSE"
}
