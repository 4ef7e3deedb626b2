# By the configuration's name or ARN; NAME@REGION if it is not in the provider's region.
terraform import mlops_endpoint_configuration.churn churn-001749722400000qwertyuiopa
