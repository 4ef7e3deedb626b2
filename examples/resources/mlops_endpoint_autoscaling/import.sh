# By service namespace, resource ID and scalable dimension; with @REGION behind them if it is not in the provider's region.
terraform import mlops_endpoint_autoscaling.churn sagemaker/endpoint/churn-async/variant/main/sagemaker:variant:DesiredInstanceCount
