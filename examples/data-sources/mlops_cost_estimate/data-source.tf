data "mlops_cost_estimate" "churn" {
  items = {
    serving  = { usage = "endpoint", instance_type = "ml.m5.large", instance_count = 2 }
    notebook = { usage = "notebook", instance_type = "ml.t3.medium", hours_per_month = 160 }
    training = { usage = "training", instance_type = "ml.m5.xlarge", hours_per_month = 10 }
  }
}

# The plan shows it, and each plan and apply warns if the costs are beyond what is planned for.
output "monthly_cost" {
  value = format(
    "%.2f %s a month, by the prices of %s",
    data.mlops_cost_estimate.churn.monthly_cost,
    data.mlops_cost_estimate.churn.currency,
    data.mlops_cost_estimate.churn.effective_date,
  )
}

check "costs" {
  assert {
    condition     = data.mlops_cost_estimate.churn.monthly_cost <= 200
    error_message = "The instances cost more than 200 a month."
  }
}
