# `terraform test` with a mocked provider: nothing is created, and no account is needed.
mock_provider "mlops" {}

# OpenTofu makes up values of a mock in the plan already, which are none of these forms.
override_resource {
  target = mlops_bucket_layout.project
  values = {
    uris = {
      models   = "s3://churn/models/"
      data     = "s3://churn/data/"
      baseline = "s3://churn/baseline/"
      capture  = "s3://churn/capture/"
      reports  = "s3://churn/reports/"
    }
  }
}

override_resource {
  target = mlops_execution_role.project
  values = { arn = "arn:aws:iam::123456789012:role/churn" }
}

override_resource {
  target = mlops_dataset.model
  values = { content_sha256 = "0123456789abcdef", uri = "s3://churn/models/churn-1/" }
}

override_resource {
  target = mlops_dataset.baseline
  values = { content_sha256 = "0", uri = "s3://churn/data/baseline/" }
}

override_resource {
  target = mlops_processing_job.baseline
  values = { output_uris = { baseline = "s3://churn/baseline/" } }
}

override_resource {
  target = mlops_data_quality_job_definition.churn
  values = { name = "churn-1" }
}

override_resource {
  target = mlops_notification_topic.people
  values = { arn = "arn:aws:sns:us-east-1:123456789012:churn" }
}

override_resource {
  target = mlops_endpoint_alarms.churn
  values = { alarm_arns = { model_errors = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:churn-main-model-errors" } }
}

run "people_subscribe_to_the_topic" {
  command = plan

  variables {
    subscriptions = [{ protocol = "email", endpoint = "you@example.com" }]
  }

  assert {
    condition     = mlops_notification_topic.people.subscriptions[0].endpoint == "you@example.com"
    error_message = "Nobody is notified."
  }
}

run "what_is_captured_is_compared" {
  command = plan

  assert {
    condition     = mlops_endpoint_configuration.churn.data_capture_config.initial_sampling_percentage == 100
    error_message = "Not every request is captured."
  }

  assert {
    condition     = mlops_endpoint_alarms.churn.monitoring_schedule_name == mlops_monitoring_schedule.churn.name
    error_message = "The alarms watch another schedule."
  }
}
