# By name; with @REGION behind it if it is not in the provider's region.
terraform import mlops_off_hours_schedule.analysis analysis-by-day
