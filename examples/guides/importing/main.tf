import {
  to = mlops_training_job.churn
  id = "churn-2024"
}

import {
  to = mlops_model.churn
  id = "churn-2024"
}

import {
  to = mlops_endpoint_configuration.churn
  id = "churn-2024"
}

import {
  to = mlops_endpoint.churn
  id = "churn"
}

locals {
  image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
  role  = "arn:aws:iam::123456789012:role/churn-by-hand"
}

resource "mlops_training_job" "churn" {
  name                    = "churn-2024"
  role_arn                = local.role
  algorithm_specification = { training_image = local.image }
  hyper_parameters        = { max_depth = "4" }
  input_data_config = [
    {
      channel_name = "train"
      data_source  = { s3_data_source = { s3_uri = "s3://churn-by-hand/data/" } }
    },
  ]
  output_data_config = { s3_output_path = "s3://churn-by-hand/models/" }
  resource_config    = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 10 }
  stopping_condition = { max_runtime_in_seconds = 3600 }
}

resource "mlops_model" "churn" {
  name               = "churn-2024"
  execution_role_arn = local.role
  primary_container = {
    image          = local.image
    model_data_url = mlops_training_job.churn.model_artifacts.s3_model_artifacts
  }
}

resource "mlops_endpoint_configuration" "churn" {
  name = "churn-2024"
  production_variants = [
    {
      variant_name           = "all"
      model_name             = mlops_model.churn.name
      instance_type          = "ml.m5.large"
      initial_instance_count = 1
    },
  ]
}

resource "mlops_endpoint" "churn" {
  name                 = "churn"
  endpoint_config_name = mlops_endpoint_configuration.churn.name
}
