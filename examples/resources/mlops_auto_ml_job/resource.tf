resource "mlops_bucket_layout" "churn" {
  name   = "churn-autopilot"
  layout = { customers = {}, candidates = {} }

  # The candidates are deleted with the bucket.
  force_destroy = true
}

resource "mlops_execution_role" "churn" {
  name = "churn-autopilot"
  access = {
    read  = [mlops_bucket_layout.churn.uris["customers"]]
    write = [mlops_bucket_layout.churn.uris["candidates"]]
  }
}

resource "mlops_dataset" "customers" {
  bucket = mlops_bucket_layout.churn.name
  prefix = "customers"
  source = "${path.module}/customers"
}

# Tries models that predict the column `churned`. AWS keeps the record of each job and never accepts its name again, hence
# the prefix.
resource "mlops_auto_ml_job" "churn" {
  name_prefix = "churn-"
  role_arn    = mlops_execution_role.churn.arn

  auto_ml_job_input_data_config = [{
    channel_type = "training"
    data_source  = { s3_data_source = { s3_data_type = "S3Prefix", s3_uri = mlops_dataset.customers.uri } }
  }]

  output_data_config = { s3_output_path = mlops_bucket_layout.churn.uris["candidates"] }

  auto_ml_problem_type_config = {
    tabular_job_config = {
      target_attribute_name = "churned"
      problem_type          = "BinaryClassification"
      completion_criteria   = { max_candidates = 1 }
    }
  }

  auto_ml_job_objective = { metric_name = "Accuracy" }

  # Other customers are examined by a new job.
  triggers = { customers = mlops_dataset.customers.content_sha256 }
}
