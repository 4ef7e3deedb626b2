# By the AutoML job's name or ARN; NAME@REGION if it is not in the provider's region.
terraform import mlops_auto_ml_job.churn churn-001749722400000qwertyuiopa
