moved {
  from = aws_sagemaker_model_package_group.churn
  to   = mlops_model_package_group.churn
}

moved {
  from = aws_sns_topic.alarms
  to   = mlops_notification_topic.alarms
}

moved {
  from = aws_cloudwatch_metric_alarm.latency
  to   = mlops_metric_alarm.latency
}

# It is the attribute resource_policy of the group now.
removed {
  from = aws_sagemaker_model_package_group_policy.churn

  lifecycle {
    destroy = false
  }
}

resource "mlops_model_package_group" "churn" {
  name                            = "churn"
  model_package_group_description = "Customers who are about to leave"
}

resource "mlops_notification_topic" "alarms" {
  name         = "churn-alarms"
  display_name = "Churn prediction"
}

resource "mlops_metric_alarm" "latency" {
  name                = "churn-latency"
  namespace           = "AWS/SageMaker"
  metric_name         = "ModelLatency"
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = 500000
  alarm_actions       = [mlops_notification_topic.alarms.arn]

  dimensions = [
    { name = "EndpointName", value = "churn" },
    { name = "VariantName", value = "main" },
  ]
}
