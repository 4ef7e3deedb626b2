resource "mlops_bucket_layout" "churn" {
  name   = "churn-data-quality"
  layout = { capture = {}, baseline = {}, reports = {} }
}

resource "mlops_execution_role" "churn" {
  name = "churn-data-quality"
  access = {
    read  = [mlops_bucket_layout.churn.uris["capture"], mlops_bucket_layout.churn.uris["baseline"]]
    write = [mlops_bucket_layout.churn.uris["reports"]]
  }
}

# Compares what batch transforms captured with the baseline. For an endpoint, give `endpoint_input` instead.
resource "mlops_data_quality_job_definition" "churn" {
  name_prefix = "churn-"
  role_arn    = mlops_execution_role.churn.arn

  data_quality_app_specification = {
    image_uri   = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
    environment = { publish_cloudwatch_metrics = "Disabled" }
  }

  data_quality_job_input = {
    batch_transform_input = {
      data_captured_destination_s3_uri = mlops_bucket_layout.churn.uris["capture"]
      dataset_format                   = { csv = {} }
      local_path                       = "/opt/ml/processing/input/endpoint"
    }
  }

  data_quality_job_output_config = {
    monitoring_outputs = [
      { s3_output = { s3_uri = mlops_bucket_layout.churn.uris["reports"], local_path = "/opt/ml/processing/output" } },
    ]
  }

  data_quality_baseline_config = {
    constraints_resource = { s3_uri = "${mlops_bucket_layout.churn.uris["baseline"]}constraints.json" }
    statistics_resource  = { s3_uri = "${mlops_bucket_layout.churn.uris["baseline"]}statistics.json" }
  }

  job_resources = {
    cluster_config = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 20 }
  }

  # After a change the monitoring schedule moves to the new definition before this one is deleted.
  lifecycle {
    create_before_destroy = true
  }
}
