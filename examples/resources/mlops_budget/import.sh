# By the budget's name or ARN.
terraform import mlops_budget.churn churn
