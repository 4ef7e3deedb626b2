# By schedule group and name; with @REGION behind them if it is not in the provider's region.
terraform import mlops_pipeline_schedule.churn default/churn-scoring
