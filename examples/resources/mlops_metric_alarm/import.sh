# By the alarm's name or ARN; with @REGION behind the name if it is not in the provider's region.
terraform import mlops_metric_alarm.latency churn-latency
