resource "mlops_execution_role" "churn" {
  name   = "churn-monitoring-schedule"
  access = { read = ["s3://churn-capture"], write = ["s3://churn-reports"] }
}

resource "mlops_data_quality_job_definition" "churn" {
  name_prefix = "churn-"
  role_arn    = mlops_execution_role.churn.arn

  data_quality_app_specification = {
    image_uri = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
  }

  data_quality_baseline_config = {
    constraints_resource = { s3_uri = "s3://churn-capture/baseline/constraints.json" }
    statistics_resource  = { s3_uri = "s3://churn-capture/baseline/statistics.json" }
  }

  data_quality_job_input = {
    batch_transform_input = {
      data_captured_destination_s3_uri = "s3://churn-capture/batch/"
      dataset_format                   = { csv = {} }
      local_path                       = "/opt/ml/processing/input/endpoint"
    }
  }

  data_quality_job_output_config = {
    monitoring_outputs = [
      { s3_output = { s3_uri = "s3://churn-reports", local_path = "/opt/ml/processing/output" } },
    ]
  }

  job_resources = {
    cluster_config = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 20 }
  }

  # After a change the schedule moves to the new definition before this one is deleted.
  lifecycle {
    create_before_destroy = true
  }
}

resource "mlops_monitoring_schedule" "churn" {
  name = "churn"

  monitoring_schedule_config = {
    monitoring_job_definition_name = mlops_data_quality_job_definition.churn.name
    monitoring_type                = "DataQuality"
    schedule_config                = { schedule_expression = "cron(0 6 ? * * *)" } # every day at 6:00 UTC
  }

  # The alert in the model dashboard goes off when two of the last three executions find violations.
  alerts = [{ datapoints_to_alert = 2, evaluation_period = 3 }]
}
