resource "mlops_budget" "churn" {
  name         = "churn"
  budget_limit = { amount = 200 }

  # Only what has the tag `stack` = "churn" counts, once the tag is activated as a cost allocation tag.
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
