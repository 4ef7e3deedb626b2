# By the dashboard's name or ARN.
terraform import mlops_dashboard.churn churn
