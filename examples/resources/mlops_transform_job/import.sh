# By the transform job's name or ARN; NAME@REGION if it is not in the provider's region.
terraform import mlops_transform_job.scores churn-scores-001749722400000qwertyuiopa
