# A model whose traffic is watched: an endpoint captures requests and predictions, and every hour they are compared with a
# baseline. What drifts is reported in S3, becomes metrics in CloudWatch, and sets off an alarm, of which a topic notifies people; a
# dashboard shows all of it.

terraform {
  required_providers {
    mlops = {
      source = "cloud-mlops/mlops"
    }
  }
}

variable "name" {
  description = "Name of the stack; bucket names are unique in the world, so choose your own."
  type        = string
  default     = "churn-monitoring"
}

variable "image" {
  description = "Image that serves: SageMaker's scikit-learn container of your region."
  type        = string
  default     = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
}

variable "analyzer" {
  description = "Image that compares: SageMaker's Model Monitor analyzer of your region."
  type        = string
  default     = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
}

variable "subscriptions" {
  description = "Who is notified of alarms, such as [{ protocol = \"email\", endpoint = \"you@example.com\" }]. Nobody unless set."
  type        = list(object({ protocol = string, endpoint = string }))
  default     = null
}

resource "mlops_bucket_layout" "project" {
  name          = var.name
  force_destroy = true
  layout = {
    models   = {}
    data     = {}
    baseline = {}
    capture  = { expiration_days = 30 }
    reports  = { expiration_days = 90 }
  }
}

locals {
  uris = mlops_bucket_layout.project.uris
}

resource "mlops_execution_role" "project" {
  name = var.name
  access = {
    read  = [for name in ["models", "data", "baseline", "capture"] : local.uris[name]]
    write = [for name in ["baseline", "capture", "reports"] : local.uris[name]]
  }
}

resource "mlops_dataset" "model" {
  bucket = mlops_bucket_layout.project.name
  prefix = "models/churn-1"
  source = "${path.module}/model"
}

resource "mlops_model" "churn" {
  name               = "${var.name}-${substr(mlops_dataset.model.content_sha256, 0, 8)}"
  execution_role_arn = mlops_execution_role.project.arn

  primary_container = {
    image = var.image
    model_data_source = {
      s3_data_source = { s3_uri = mlops_dataset.model.uri, s3_data_type = "S3Prefix", compression_type = "None" }
    }
  }

  source_code = {
    directory   = "${path.module}/serving"
    entry_point = "inference.py"
    s3_uri      = local.uris["models"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "mlops_endpoint_configuration" "churn" {
  name = mlops_model.churn.name

  production_variants = [
    {
      variant_name           = "main"
      model_name             = mlops_model.churn.name
      instance_type          = "ml.m5.large"
      initial_instance_count = 1
    },
  ]

  data_capture_config = {
    initial_sampling_percentage = 100
    destination_s3_uri          = local.uris["capture"]
    capture_options             = [{ capture_mode = "InputAndOutput" }]
    capture_content_type_header = { csv_content_types = ["text/csv"] }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "mlops_endpoint" "churn" {
  name                 = var.name
  endpoint_config_name = mlops_endpoint_configuration.churn.name
}

# What is normal: predictions and requests of the time when the model was good.
resource "mlops_dataset" "baseline" {
  bucket = mlops_bucket_layout.project.name
  prefix = "data/baseline"
  source = "${path.module}/baseline"
}

# Runs once for each baseline dataset, and suggests statistics and constraints.
resource "mlops_processing_job" "baseline" {
  name_prefix = "churn-baseline-"
  role_arn    = mlops_execution_role.project.arn

  app_specification = { image_uri = var.analyzer }

  environment = {
    dataset_format             = jsonencode({ csv = { header = true } })
    dataset_source             = "/opt/ml/processing/input/baseline"
    output_path                = "/opt/ml/processing/output"
    publish_cloudwatch_metrics = "Disabled"
  }

  processing_inputs = [
    {
      input_name = "baseline"
      s3_input   = { s3_uri = mlops_dataset.baseline.uri, local_path = "/opt/ml/processing/input/baseline" }
    },
  ]

  processing_output_config = {
    outputs = [
      {
        output_name = "baseline"
        s3_output   = { s3_uri = local.uris["baseline"], local_path = "/opt/ml/processing/output" }
      },
    ]
  }

  processing_resources = {
    cluster_config = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 20 }
  }

  triggers = { data = mlops_dataset.baseline.content_sha256 }
}

resource "mlops_data_quality_job_definition" "churn" {
  name_prefix = "churn-"
  role_arn    = mlops_execution_role.project.arn

  data_quality_app_specification = { image_uri = var.analyzer }

  data_quality_baseline_config = {
    constraints_resource = { s3_uri = "${mlops_processing_job.baseline.output_uris["baseline"]}constraints.json" }
    statistics_resource  = { s3_uri = "${mlops_processing_job.baseline.output_uris["baseline"]}statistics.json" }
  }

  data_quality_job_input = {
    endpoint_input = {
      endpoint_name = mlops_endpoint.churn.name
      local_path    = "/opt/ml/processing/input/endpoint"
    }
  }

  data_quality_job_output_config = {
    monitoring_outputs = [
      { s3_output = { s3_uri = local.uris["reports"], local_path = "/opt/ml/processing/output" } },
    ]
  }

  job_resources = {
    cluster_config = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 20 }
  }

  stopping_condition = { max_runtime_in_seconds = 3000 }

  lifecycle {
    create_before_destroy = true
  }
}

resource "mlops_monitoring_schedule" "churn" {
  name = var.name

  monitoring_schedule_config = {
    monitoring_job_definition_name = mlops_data_quality_job_definition.churn.name
    monitoring_type                = "DataQuality"
    schedule_config                = { schedule_expression = "cron(0 * ? * * *)" }
  }

  # The alert in the model dashboard goes off when two of the last three executions find violations.
  alerts = [{ datapoints_to_alert = 2, evaluation_period = 3 }]
}

# CloudWatch may publish to it. Subscribers by e-mail confirm their subscription themselves.
resource "mlops_notification_topic" "people" {
  name               = var.name
  service_principals = ["cloudwatch.amazonaws.com"]
  subscriptions      = var.subscriptions
}

# Errors, latency and utilization with their defaults, and each feature that the schedule compares with the baseline.
resource "mlops_endpoint_alarms" "churn" {
  endpoint_name            = mlops_endpoint.churn.name
  variant_name             = "main"
  vcpu_count               = 2
  monitoring_schedule_name = mlops_monitoring_schedule.churn.name
  data_quality_drift       = { months = {}, bill = {} }
  alarm_actions            = [mlops_notification_topic.people.arn]
  ok_actions               = [mlops_notification_topic.people.arn]
}

resource "mlops_dashboard" "churn" {
  name                 = var.name
  endpoints            = [{ endpoint_name = mlops_endpoint.churn.name, variant_name = "main" }]
  monitoring_schedules = [mlops_monitoring_schedule.churn.name]
  alarms               = values(mlops_endpoint_alarms.churn.alarm_arns)
}
