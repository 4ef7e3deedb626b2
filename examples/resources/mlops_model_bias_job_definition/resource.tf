resource "mlops_bucket_layout" "churn" {
  name   = "churn-model-bias"
  layout = { capture = {}, labels = {}, config = {}, reports = {} }
}

resource "mlops_execution_role" "churn" {
  name = "churn-model-bias"
  access = {
    read  = [mlops_bucket_layout.churn.uris["capture"], mlops_bucket_layout.churn.uris["labels"], mlops_bucket_layout.churn.uris["config"]]
    write = [mlops_bucket_layout.churn.uris["reports"]]
  }
}

# Examines predictions and labels for bias against groups of customers.
resource "mlops_model_bias_job_definition" "churn" {
  name_prefix = "churn-"
  role_arn    = mlops_execution_role.churn.arn

  model_bias_app_specification = {
    image_uri  = "205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0"
    config_uri = "${mlops_bucket_layout.churn.uris["config"]}analysis_config.json"
  }

  model_bias_job_input = {
    batch_transform_input = {
      data_captured_destination_s3_uri = mlops_bucket_layout.churn.uris["capture"]
      dataset_format                   = { parquet = {} }
      local_path                       = "/opt/ml/processing/input/endpoint"
      features_attribute               = "age,months"
      inference_attribute              = "churns"
    }
    ground_truth_s3_input = { s3_uri = mlops_bucket_layout.churn.uris["labels"] }
  }

  model_bias_job_output_config = {
    monitoring_outputs = [
      { s3_output = { s3_uri = mlops_bucket_layout.churn.uris["reports"], local_path = "/opt/ml/processing/output" } },
    ]
  }

  # Compared with what an earlier processing job found.
  model_bias_baseline_config = { baselining_job_name = "churn-bias" }

  network_config = { enable_network_isolation = true }

  job_resources = {
    cluster_config = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 20 }
  }

  # After a change the monitoring schedule moves to the new definition before this one is deleted.
  lifecycle {
    create_before_destroy = true
  }
}
