# `terraform test` with a mocked provider: nothing is created, and no account is needed.
mock_provider "mlops" {}

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
