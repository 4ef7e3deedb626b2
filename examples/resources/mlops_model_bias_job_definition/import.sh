# By the definition's name or ARN; NAME@REGION if it is not in the provider's region.
terraform import mlops_model_bias_job_definition.churn churn-001749722400000qwertyuiopa
