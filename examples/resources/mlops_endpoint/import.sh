# By the endpoint's name or ARN; NAME@REGION if the endpoint is not in the provider's region.
terraform import mlops_endpoint.churn churn
