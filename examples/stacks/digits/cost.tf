# What the stack costs in a month, before it is made; and who learns of it when it costs more.

data "mlops_cost_estimate" "month" {
  items = merge(
    # A run of the jobs of each version takes a few minutes; an hour is more than a month of them takes.
    { training = { usage = "training", instance_type = var.instance_types.job, hours_per_month = 1 } },
    { processing = { usage = "processing", instance_type = var.instance_types.job, hours_per_month = 1 } },
    var.parts.endpoint ? { endpoint = { usage = "endpoint", instance_type = var.instance_types.endpoint } } : {},
    # An execution takes about five minutes.
    local.monitoring ? { monitoring = { usage = "processing", instance_type = var.instance_types.job, hours_per_month = 60 } } : {},
    var.parts.notebook ? { notebook = { usage = "notebook", instance_type = var.instance_types.notebook, hours_per_month = 160 } } : {},
  )
}

check "costs" {
  assert {
    condition     = data.mlops_cost_estimate.month.monthly_cost <= var.monthly_budget
    error_message = "The instances cost ${data.mlops_cost_estimate.month.monthly_cost} USD a month, more than the budget of ${var.monthly_budget} USD."
  }
}

resource "mlops_budget" "month" {
  count = var.parts.budget ? 1 : 0

  name         = var.name
  budget_limit = { amount = var.monthly_budget }
  # Once the tag is activated as a cost allocation tag.
  cost_filters = { TagKeyValue = [format("user:%s$%s", "stack", var.name)] }

  notifications_with_subscribers = [for kind, threshold in { ACTUAL = 80, FORECASTED = 100 } : {
    notification = { notification_type = kind, threshold = threshold }
    subscribers  = [{ subscription_type = "SNS", address = mlops_notification_topic.people[0].arn }]
  }]
}
