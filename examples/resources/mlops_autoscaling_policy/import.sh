# By service namespace, resource ID, scalable dimension and name; with @REGION behind them if it is not in the provider's
# region.
terraform import mlops_autoscaling_policy.invocations sagemaker/endpoint/churn/variant/main/sagemaker:variant:DesiredInstanceCount/invocations
