resource "mlops_bucket_layout" "churn" {
  name   = "churn-model-explainability"
  layout = { capture = {}, config = {}, reports = {} }
}

resource "mlops_execution_role" "churn" {
  name = "churn-model-explainability"
  access = {
    read  = [mlops_bucket_layout.churn.uris["capture"], mlops_bucket_layout.churn.uris["config"]]
    write = [mlops_bucket_layout.churn.uris["reports"]]
  }
}

# Watches which features the predictions are attributed to.
resource "mlops_model_explainability_job_definition" "churn" {
  name_prefix = "churn-"
  role_arn    = mlops_execution_role.churn.arn

  model_explainability_app_specification = {
    image_uri  = "205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0"
    config_uri = "${mlops_bucket_layout.churn.uris["config"]}analysis_config.json"
  }

  model_explainability_job_input = {
    batch_transform_input = {
      data_captured_destination_s3_uri = mlops_bucket_layout.churn.uris["capture"]
      dataset_format                   = { json = {} }
      local_path                       = "/opt/ml/processing/input/endpoint"
      s3_data_distribution_type        = "ShardedByS3Key"
      exclude_features_attribute       = "customer"
    }
  }

  model_explainability_job_output_config = {
    monitoring_outputs = [
      { s3_output = { s3_uri = mlops_bucket_layout.churn.uris["reports"], local_path = "/opt/ml/processing/output" } },
    ]
  }

  # Compared with what an earlier processing job found.
  model_explainability_baseline_config = { baselining_job_name = "churn-shap" }

  job_resources = {
    cluster_config = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 20 }
  }

  # After a change the monitoring schedule moves to the new definition before this one is deleted.
  lifecycle {
    create_before_destroy = true
  }
}
