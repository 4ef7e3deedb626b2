# By the labeling job's name or ARN; NAME@REGION if it is not in the provider's region.
terraform import mlops_labeling_job.complaints complaints-001749722400000qwertyuiopa
