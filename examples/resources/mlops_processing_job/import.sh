# By the job's name or ARN; NAME@REGION if the job is not in the provider's region.
terraform import mlops_processing_job.churn churn-001749722400000qwertyuiopa
