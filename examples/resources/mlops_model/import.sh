# By the model's name or ARN; NAME@REGION if the model is not in the provider's region.
terraform import mlops_model.churn churn-001749722400000qwertyuiopa
