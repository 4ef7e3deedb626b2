resource "mlops_endpoint" "churn" {
  name                 = "churn"
  endpoint_config_name = mlops_endpoint_configuration.churn.name

  # An update first sends a tenth of the traffic to the new fleet, and goes back if the alarm goes off.
  deployment_config = {
    blue_green_update_policy = {
      traffic_routing_configuration = {
        type                     = "CANARY"
        canary_size              = { type = "CAPACITY_PERCENT", value = 10 }
        wait_interval_in_seconds = 300
      }
      termination_wait_in_seconds = 600
    }
    auto_rollback_configuration = {
      alarms = [{ alarm_name = "churn-5xx" }]
    }
  }

  timeouts = {
    update = "2h"
  }
}

resource "mlops_endpoint_configuration" "churn" {
  name_prefix = "churn-"

  production_variants = [
    {
      variant_name           = "main"
      model_name             = "churn-1"
      instance_type          = "ml.m5.large"
      initial_instance_count = 2
    },
  ]

  lifecycle {
    create_before_destroy = true
  }
}
