# By the bucket's name; NAME@REGION if the bucket is not in the provider's region.
terraform import mlops_bucket_layout.project churn-prediction-storage
