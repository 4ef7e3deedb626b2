# `terraform test` with a mocked provider: nothing is created, and no account is needed.
mock_provider "mlops" {}

# OpenTofu makes up values of a mock in the plan already, which are none of these forms.
override_resource {
  target = mlops_bucket_layout.project
  values = {
    uris = { data = "s3://first-light/data/", models = "s3://first-light/models/", outputs = "s3://first-light/outputs/" }
  }
}

override_resource {
  target = mlops_execution_role.project
  values = { arn = "arn:aws:iam::123456789012:role/first-light" }
}

override_resource {
  target = mlops_dataset.digits
  values = { content_sha256 = "0", uri = "s3://first-light/data/digits/" }
}

override_resource {
  target = mlops_training_job.digits
  values = {
    model_artifacts = { s3_model_artifacts = "s3://first-light/models/model.tar.gz" }
    final_metrics   = { accuracy = 0.97 }
  }
}

override_data {
  target = data.mlops_inference.held_out
  values = { response = "[3]" }
}

run "the_regularization_is_a_hyperparameter" {
  command = plan

  variables {
    regularization = "0.5"
  }

  assert {
    condition     = mlops_training_job.digits.hyper_parameters["regularization"] == "0.5"
    error_message = "The training does not get the regularization."
  }
}

# An apply, of mocks only, knows the names.
run "a_job_its_model_and_its_configuration_have_one_name" {
  assert {
    condition = (mlops_training_job.digits.name == mlops_model.digits.name &&
    mlops_model.digits.name == mlops_endpoint_configuration.digits.name)
    error_message = "The names differ."
  }

  assert {
    condition     = output.training_accuracy == 0.97
    error_message = "The output is not the metric of the training job."
  }
}
