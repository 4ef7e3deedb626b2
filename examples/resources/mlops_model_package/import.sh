# By the model package's ARN.
terraform import mlops_model_package.churn arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/1
