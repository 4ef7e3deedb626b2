resource "mlops_budget" "churn" {
  name         = "churn"
  budget_limit = { amount = 200 }

  # What the tag `stack` is "churn" of: activate it as a cost allocation tag once.
  cost_filters = {
    TagKeyValue = [format("user:%s$%s", "stack", "churn")]
  }

  notifications_with_subscribers = [
    {
      notification = { notification_type = "ACTUAL", threshold = 80 }
      subscribers  = [{ subscription_type = "EMAIL", address = "ml-platform@example.com" }]
    },
    {
      notification = { notification_type = "FORECASTED", threshold = 100 }
      subscribers  = [{ subscription_type = "EMAIL", address = "ml-platform@example.com" }]
    },
  ]
}
