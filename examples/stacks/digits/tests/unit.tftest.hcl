# `terraform test` with a mocked provider: nothing is created, and no account is needed. Copy it, and test what you change.
mock_provider "mlops" {}

# OpenTofu makes up values of a mock in the plan already, which are none of these forms.
override_data {
  target = data.mlops_caller_identity.current
  values = { partition = "aws" }
}

override_data {
  target = data.mlops_cost_estimate.month
  values = { monthly_cost = 99.5, currency = "USD", effective_date = "2026-05-01T00:00:00Z" }
}

override_resource {
  target = mlops_bucket_layout.project
  values = {
    uris = {
      code      = "s3://digits-project/code/"
      data      = "s3://digits-project/data/"
      splits    = "s3://digits-project/splits/"
      models    = "s3://digits-project/models/"
      reports   = "s3://digits-project/reports/"
      baselines = "s3://digits-project/baselines/"
      capture   = "s3://digits-project/capture/"
      drift     = "s3://digits-project/drift/"
      notebooks = "s3://digits-project/notebooks/"
    }
  }
}

override_resource {
  target = mlops_dataset.digits
  values = { content_sha256 = "0", uri = "s3://digits-project/data/digits/" }
}

override_resource {
  target = mlops_dataset.notebooks
  values = { uri = "s3://digits-project/notebooks/" }
}

override_resource {
  target = mlops_execution_role.preparation
  values = { arn = "arn:aws:iam::123456789012:role/digits-preparation" }
}

override_resource {
  target = mlops_execution_role.training
  values = { arn = "arn:aws:iam::123456789012:role/digits-training" }
}

override_resource {
  target = mlops_execution_role.evaluation
  values = { arn = "arn:aws:iam::123456789012:role/digits-evaluation" }
}

override_resource {
  target = mlops_execution_role.monitoring
  values = { arn = "arn:aws:iam::123456789012:role/digits-monitoring" }
}

override_resource {
  target = mlops_execution_role.serving
  values = { arn = "arn:aws:iam::123456789012:role/digits-serving" }
}

override_resource {
  target = mlops_execution_role.notebook
  values = { arn = "arn:aws:iam::123456789012:role/digits-notebook" }
}

override_resource {
  target = mlops_processing_job.preparation
  values = {
    output_uris = {
      train      = "s3://digits-project/splits/0/train/"
      validation = "s3://digits-project/splits/0/validation/"
      test       = "s3://digits-project/splits/0/test/"
      quality    = "s3://digits-project/splits/0/quality/"
    }
  }
}

override_resource {
  target = mlops_training_job.digits
  values = { model_artifacts = { s3_model_artifacts = "s3://digits-project/models/0/output/model.tar.gz" } }
}

override_resource {
  target = mlops_processing_job.evaluation
  values = {
    exit_message = "{\"accuracy\": 0.98}"
    output_uris  = { report = "s3://digits-project/reports/0/report/", baseline = "s3://digits-project/reports/0/baseline/" }
  }
}

override_resource {
  target = mlops_processing_job.baseline
  values = { output_uris = { baseline = "s3://digits-project/baselines/0/" } }
}

override_resource {
  target = mlops_model_package.digits
  values = { arn = "arn:aws:sagemaker:us-east-1:123456789012:model-package/digits/1", model_package_version = 1 }
}

override_resource {
  target = mlops_notification_topic.people
  values = { arn = "arn:aws:sns:us-east-1:123456789012:digits" }
}

override_resource {
  target = mlops_endpoint_alarms.digits
  values = { alarm_arns = { model_errors = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:digits-main-model-errors" } }
}

run "a_version_waits_for_its_approval" {
  command = plan

  variables {
    versions = { 1 = { penalty = 1, gamma = 0.01 }, 2 = { penalty = 10, gamma = 0.01 } }
  }

  assert {
    condition = ([for package in mlops_model_package.digits : package.model_approval_status] ==
    ["Approved", "PendingManualApproval"])
    error_message = "Version 2 is approved, though nobody has approved it."
  }

  assert {
    condition     = output.endpoint.version == "1"
    error_message = "Version 2 is served, though nobody has approved it."
  }
}

run "the_highest_approved_version_is_served" {
  command = plan

  variables {
    versions          = { 9 = { penalty = 1, gamma = 0.01 }, 10 = { penalty = 10, gamma = 0.01 } }
    approved_versions = [9, 10]
  }

  assert {
    condition     = output.endpoint.version == "10"
    error_message = "The endpoint serves another version."
  }
}

run "what_depends_on_the_endpoint_goes_with_it" {
  command = plan

  variables {
    parts             = { endpoint = false, budget = false, notebook = false }
    approved_versions = []
  }

  assert {
    condition = 0 == length(concat(
      mlops_execution_role.serving,
      mlops_model.digits,
      mlops_endpoint.digits,
      mlops_endpoint_autoscaling.digits,
      mlops_data_quality_job_definition.digits,
      mlops_monitoring_schedule.digits,
      mlops_endpoint_alarms.digits,
      mlops_dashboard.digits,
      mlops_notification_topic.people,
      mlops_budget.month,
      mlops_notebook_instance.digits,
    ))
    error_message = "Something is left."
  }

  assert {
    condition     = mlops_model_package.digits["1"].model_approval_status == "PendingManualApproval"
    error_message = "Without an endpoint versions are registered all the same."
  }
}

run "without_monitoring_nothing_is_captured" {
  command = plan

  variables {
    parts = { monitoring = false }
  }

  assert {
    condition     = !mlops_endpoint.digits[0].configuration.data_capture_config.enable_capture
    error_message = "Requests are captured, though nobody looks at them."
  }
}

run "only_versions_that_exist_are_approved" {
  command = plan

  variables {
    approved_versions = [1, 2]
  }

  expect_failures = [var.approved_versions]
}

run "an_endpoint_needs_an_approved_version" {
  command = plan

  variables {
    approved_versions = []
  }

  expect_failures = [var.parts]
}

run "costs_beyond_the_budget_are_a_warning" {
  command = plan

  variables {
    monthly_budget = 50
  }

  expect_failures = [check.costs]
}
