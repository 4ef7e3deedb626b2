# By the name of the role. Everything on the role counts as declared from then on.
terraform import mlops_execution_role.training churn-training
