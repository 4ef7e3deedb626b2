# By the beginning of the names of the alarms; with @REGION behind it if they are not in the provider's region.
terraform import mlops_endpoint_alarms.churn churn-main-
