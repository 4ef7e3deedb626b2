# By the domain's ID or ARN; ID@REGION if it is not in the provider's region.
terraform import mlops_studio_domain.churn d-abcdefghijkl
