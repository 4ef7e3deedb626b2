# By the monitoring schedule's name or ARN; NAME@REGION if it is not in the provider's region.
terraform import mlops_monitoring_schedule.churn churn
