# By the group's name or ARN; NAME@REGION if the group is not in the provider's region.
terraform import mlops_model_package_group.churn churn
