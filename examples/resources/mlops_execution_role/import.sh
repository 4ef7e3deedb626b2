# By the name of the role. All of its policies are managed from then on.
terraform import mlops_execution_role.training churn-training
