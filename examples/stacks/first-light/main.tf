# A first model, from data to predictions: storage, role, dataset, training, model, endpoint, and a test inference.

terraform {
  required_providers {
    mlops = {
      source = "cloud-mlops/mlops"
    }
  }
}

provider "mlops" {
  default_tags = {
    tags = { project = "first-light" }
  }
}

variable "name" {
  description = "Name of the stack; bucket names are unique in the world, so choose your own."
  type        = string
  default     = "first-light-digits"
}

variable "image" {
  description = "Image that trains and serves: SageMaker's scikit-learn container of your region."
  type        = string
  default     = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
}

variable "regularization" {
  description = "Inverse strength of regularization of the classifier."
  type        = string
  default     = "0.1"
}

resource "mlops_bucket_layout" "project" {
  name          = var.name
  force_destroy = true
  layout = {
    data    = {}
    models  = {}
    outputs = { expiration_days = 30 }
  }
}

resource "mlops_execution_role" "project" {
  name = var.name
  access = {
    read  = [mlops_bucket_layout.project.uris["data"], mlops_bucket_layout.project.uris["models"]]
    write = [mlops_bucket_layout.project.uris["models"]]
  }
}

resource "mlops_dataset" "digits" {
  bucket  = mlops_bucket_layout.project.name
  prefix  = "data/digits"
  source  = "${path.module}/data"
  include = ["*.csv"]
}

locals {
  # The version of the model's inputs: if any of them changes, job, model and endpoint configuration get new names.
  version = substr(sha256(jsonencode([
    mlops_dataset.digits.content_sha256,
    filesha256("${path.module}/training/train.py"),
    filesha256("${path.module}/serving/inference.py"),
    var.image,
    var.regularization,
  ])), 0, 8)
}

resource "mlops_training_job" "digits" {
  name     = "${var.name}-${local.version}"
  role_arn = mlops_execution_role.project.arn
  algorithm_specification = {
    training_image = var.image
    metric_definitions = [
      { name = "accuracy", regex = "accuracy=([0-9.]+)" },
    ]
  }
  source_code = {
    directory   = "${path.module}/training"
    entry_point = "train.py"
  }
  hyper_parameters = {
    regularization = var.regularization
  }
  input_data_config = [
    {
      channel_name = "digits"
      data_source  = { s3_data_source = { s3_uri = mlops_dataset.digits.uri } }
    },
  ]
  output_data_config = { s3_output_path = mlops_bucket_layout.project.uris["models"] }
  resource_config = {
    instance_type     = "ml.m5.large"
    instance_count    = 1
    volume_size_in_gb = 10
  }
  stopping_condition = { max_runtime_in_seconds = 600 }
}

resource "mlops_model" "digits" {
  name               = "${var.name}-${local.version}"
  execution_role_arn = mlops_execution_role.project.arn
  primary_container = {
    image          = var.image
    model_data_url = mlops_training_job.digits.model_artifacts.s3_model_artifacts
  }
  source_code = {
    directory   = "${path.module}/serving"
    entry_point = "inference.py"
    s3_uri      = mlops_bucket_layout.project.uris["models"]
  }
  lifecycle {
    create_before_destroy = true
  }
}

resource "mlops_endpoint_configuration" "digits" {
  name = "${var.name}-${local.version}"
  production_variants = [
    {
      variant_name           = "main"
      model_name             = mlops_model.digits.name
      instance_type          = "ml.t2.medium"
      initial_instance_count = 1
    },
  ]
  lifecycle {
    create_before_destroy = true
  }
}

resource "mlops_endpoint" "digits" {
  name                 = var.name
  endpoint_config_name = mlops_endpoint_configuration.digits.name
}

locals {
  held_out = [for row in compact(split("\n", file("${path.module}/data/test.csv"))) : split(",", row)]
  labels   = [for row in local.held_out : tonumber(row[0])]
}

data "mlops_inference" "held_out" {
  endpoint_name = mlops_endpoint.digits.name
  content_type  = "text/csv"
  accept        = "application/json"
  body          = join("\n", [for row in local.held_out : join(",", slice(row, 1, 65))])
  # The response is only shown: without one the outputs are null, and apply and destroy continue.
  on_error = "warn"
}

locals {
  predictions = try(jsondecode(data.mlops_inference.held_out.response), null)
}

output "training_accuracy" {
  description = "Accuracy that the training job reports of its validation."
  value       = mlops_training_job.digits.final_metrics["accuracy"]
}

output "first_prediction" {
  description = "What the endpoint says of the first held-out digit, and what it is."
  value       = { predicted = try(local.predictions[0], null), actual = local.labels[0] }
}

output "held_out_accuracy" {
  description = "Share of held-out digits that the endpoint recognises."
  value       = try(length([for i, p in local.predictions : p if p == local.labels[i]]) / length(local.labels), null)
}
