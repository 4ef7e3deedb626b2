# By the workforce's name or ARN; NAME@REGION if it is not in the provider's region.
terraform import mlops_workforce.reviewers reviewers
