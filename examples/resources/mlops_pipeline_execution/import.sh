# By the execution's ARN.
terraform import mlops_pipeline_execution.churn arn:aws:sagemaker:us-east-1:123456789012:pipeline/churn-evaluation/execution/hvry16to9gya
