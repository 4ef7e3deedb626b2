# By the notebook instance's name or ARN; NAME@REGION if it is not in the provider's region.
terraform import mlops_notebook_instance.analysis analysis
