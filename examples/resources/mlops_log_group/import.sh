# By the log group's name or ARN.
terraform import mlops_log_group.training /aws/sagemaker/TrainingJobs
