# By the name or ARN of the human task UI; NAME@REGION if it is not in the provider's region.
terraform import mlops_human_task_ui.complaints complaints
