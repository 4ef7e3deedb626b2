# Captured traffic is compared with the baseline of the version that is served. What drifts becomes metrics, and sets off alarms, of
# which a topic notifies people; a dashboard shows all of it.

locals {
  monitoring = var.parts.endpoint && var.parts.monitoring
  alarms     = var.parts.endpoint && var.parts.alarms
  # The prediction, and a pixel at each side: images that are shifted, thicker or inverted show there.
  watched = ["prediction", "p03", "p31", "p36", "p73"]
}

resource "mlops_data_quality_job_definition" "digits" {
  count = local.monitoring ? 1 : 0

  name     = "${var.name}-${local.release}"
  role_arn = mlops_execution_role.monitoring.arn

  data_quality_app_specification = { image_uri = var.analyzer }

  data_quality_baseline_config = {
    constraints_resource = { s3_uri = "${mlops_processing_job.baseline[local.served].output_uris["baseline"]}constraints.json" }
    statistics_resource  = { s3_uri = "${mlops_processing_job.baseline[local.served].output_uris["baseline"]}statistics.json" }
  }

  data_quality_job_input = {
    endpoint_input = { endpoint_name = mlops_endpoint.digits[0].name, local_path = "/opt/ml/processing/input/endpoint" }
  }

  data_quality_job_output_config = {
    monitoring_outputs = [{ s3_output = { s3_uri = local.uris["drift"], local_path = "/opt/ml/processing/output" } }]
  }

  job_resources      = { cluster_config = local.cluster }
  stopping_condition = { max_runtime_in_seconds = 3000 }

  lifecycle {
    create_before_destroy = true
  }
}

resource "mlops_monitoring_schedule" "digits" {
  count = local.monitoring ? 1 : 0

  name = var.name

  monitoring_schedule_config = {
    monitoring_job_definition_name = mlops_data_quality_job_definition.digits[0].name
    monitoring_type                = "DataQuality"
    schedule_config                = { schedule_expression = var.monitoring_schedule }
  }
}

# Alarms and the budget publish to it. Subscribers by e-mail confirm their subscription themselves.
resource "mlops_notification_topic" "people" {
  count = local.alarms || var.parts.budget ? 1 : 0

  name          = var.name
  subscriptions = var.subscriptions
}

resource "mlops_endpoint_alarms" "digits" {
  count = local.alarms ? 1 : 0

  endpoint_name = mlops_endpoint.digits[0].name
  variant_name  = "main"
  alarm_actions = [mlops_notification_topic.people[0].arn]
  ok_actions    = [mlops_notification_topic.people[0].arn]

  monitoring_schedule_name = local.monitoring ? mlops_monitoring_schedule.digits[0].name : null
  data_quality_drift       = local.monitoring ? { for feature in local.watched : feature => {} } : null
}

resource "mlops_dashboard" "digits" {
  count = var.parts.endpoint && var.parts.dashboard ? 1 : 0

  name                 = var.name
  endpoints            = [{ endpoint_name = mlops_endpoint.digits[0].name, variant_name = "main" }]
  monitoring_schedules = mlops_monitoring_schedule.digits[*].name
  alarms               = flatten([for alarms in mlops_endpoint_alarms.digits : values(alarms.alarm_arns)])
}
