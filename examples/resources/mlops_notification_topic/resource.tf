resource "mlops_notification_topic" "alarms" {
  name         = "churn-alarms"
  display_name = "Churn prediction"

  policy_statements = jsonencode([{
    Effect    = "Allow"
    Principal = { AWS = "123456789012" }
    Action    = "sns:Subscribe"
  }])

  subscriptions = [
    { protocol = "email", endpoint = "mlops@example.com" },
    {
      protocol             = "sqs"
      endpoint             = "arn:aws:sqs:us-east-1:123456789012:incidents"
      raw_message_delivery = true
    },
  ]
}
