resource "mlops_bucket_layout" "churn" {
  name   = "churn-model-quality"
  layout = { capture = {}, labels = {}, baseline = {}, reports = {} }
}

resource "mlops_execution_role" "churn" {
  name = "churn-model-quality"
  access = {
    read  = [mlops_bucket_layout.churn.uris["capture"], mlops_bucket_layout.churn.uris["labels"], mlops_bucket_layout.churn.uris["baseline"]]
    write = [mlops_bucket_layout.churn.uris["reports"]]
  }
}

# Compares predictions with the labels that arrive later.
resource "mlops_model_quality_job_definition" "churn" {
  name_prefix = "churn-"
  role_arn    = mlops_execution_role.churn.arn

  model_quality_app_specification = {
    image_uri    = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
    problem_type = "BinaryClassification"
  }

  model_quality_job_input = {
    batch_transform_input = {
      data_captured_destination_s3_uri = mlops_bucket_layout.churn.uris["capture"]
      dataset_format                   = { json = { line = true } }
      local_path                       = "/opt/ml/processing/input/endpoint"
      probability_attribute            = "0"
      probability_threshold_attribute  = 0.6
      start_time_offset                = "-PT2H"
      end_time_offset                  = "-PT1H"
    }
    ground_truth_s3_input = { s3_uri = mlops_bucket_layout.churn.uris["labels"] }
  }

  model_quality_job_output_config = {
    monitoring_outputs = [
      { s3_output = { s3_uri = mlops_bucket_layout.churn.uris["reports"], local_path = "/opt/ml/processing/output" } },
    ]
  }

  model_quality_baseline_config = {
    constraints_resource = { s3_uri = "${mlops_bucket_layout.churn.uris["baseline"]}constraints.json" }
  }

  # An hourly schedule gives it half an hour.
  stopping_condition = { max_runtime_in_seconds = 1800 }

  job_resources = {
    cluster_config = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 20 }
  }

  # After a change the monitoring schedule moves to the new definition before this one is deleted.
  lifecycle {
    create_before_destroy = true
  }
}
