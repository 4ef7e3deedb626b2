# By the tuning job's name or ARN; NAME@REGION if it is not in the provider's region.
terraform import mlops_hyper_parameter_tuning_job.digits digit-001749722400000qwertyuiopa
