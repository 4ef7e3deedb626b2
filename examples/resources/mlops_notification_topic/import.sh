# By the topic's name or ARN.
terraform import mlops_notification_topic.alarms churn-alarms
