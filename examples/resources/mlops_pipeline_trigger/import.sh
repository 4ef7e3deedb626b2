# By name; with @REGION behind it if it is not in the provider's region.
terraform import mlops_pipeline_trigger.approved churn-approved
