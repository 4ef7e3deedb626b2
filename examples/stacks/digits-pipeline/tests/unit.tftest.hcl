# `terraform test` with a mocked provider: nothing is created, and no account is needed.
mock_provider "mlops" {}

# OpenTofu makes up values of a mock in the plan already, which are none of these forms.
override_resource {
  target = mlops_bucket_layout.project
  values = {
    uris = { code = "s3://digits-pipeline/code/", models = "s3://digits-pipeline/models/" }
  }
}

override_resource {
  target = mlops_execution_role.project
  values = { arn = "arn:aws:iam::123456789012:role/digits-pipeline" }
}

override_resource {
  target = mlops_dataset.code
  values = { uri = "s3://digits-pipeline/code/" }
}

override_data {
  target = data.mlops_pipeline_definition.digits
  values = { json = "{}" }
}

run "the_threshold_is_a_parameter_of_the_execution" {
  command = plan

  variables {
    minimum_accuracy = 0.99
  }

  assert {
    condition     = mlops_pipeline_execution.digits.parameters["MinimumAccuracy"] == "0.99"
    error_message = "The execution does not get the threshold."
  }
}

run "a_threshold_is_an_accuracy" {
  command = plan

  variables {
    minimum_accuracy = 90
  }

  expect_failures = [var.minimum_accuracy]
}
