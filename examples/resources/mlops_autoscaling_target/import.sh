# By service namespace, resource ID and scalable dimension; with @REGION behind them if it is not in the provider's region.
terraform import mlops_autoscaling_target.churn sagemaker/endpoint/churn/variant/main/sagemaker:variant:DesiredInstanceCount
