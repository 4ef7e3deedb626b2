# By the pipeline's name or ARN; NAME@REGION if it is not in the provider's region.
terraform import mlops_pipeline.churn churn
