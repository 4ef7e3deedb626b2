variable "subnets" {
  type = list(string)
}

variable "security_groups" {
  type = list(string)
}

variable "key_arn" {
  type = string
}

resource "mlops_bucket_layout" "churn" {
  name          = "churn-private-project"
  layout        = { data = {}, models = {}, checkpoints = {} }
  encryption    = { sse_algorithm = "aws:kms", kms_master_key_id = var.key_arn }
  force_destroy = true # Jobs store artifacts and checkpoints here.
}

resource "mlops_execution_role" "churn" {
  name = "churn-private"
  access = {
    read     = values(mlops_bucket_layout.churn.uris)
    write    = [mlops_bucket_layout.churn.uris["models"], mlops_bucket_layout.churn.uris["checkpoints"]]
    delete   = [mlops_bucket_layout.churn.uris["checkpoints"]]
    kms_keys = [var.key_arn]
    vpc      = true
  }
}

resource "mlops_dataset" "customers" {
  bucket = mlops_bucket_layout.churn.name
  prefix = "data/customers"
  source = "${path.module}/customers.csv"
}

resource "mlops_training_job" "churn" {
  name_prefix             = "churn-"
  role_arn                = mlops_execution_role.churn.arn
  algorithm_specification = { training_image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3" }
  source_code             = { directory = "${path.module}/training", entry_point = "train.py" }
  input_data_config = [
    {
      channel_name = "train"
      data_source  = { s3_data_source = { s3_uri = mlops_dataset.customers.uri } }
    },
  ]
  output_data_config = {
    s3_output_path = mlops_bucket_layout.churn.uris["models"]
    kms_key_id     = var.key_arn
  }
  resource_config = {
    instance_type     = "ml.m5.large"
    instance_count    = 1
    volume_size_in_gb = 10
    volume_kms_key_id = var.key_arn
  }

  vpc_config                                = { subnets = var.subnets, security_group_ids = var.security_groups }
  enable_inter_container_traffic_encryption = true

  # Spot capacity can be withdrawn: with checkpoints the job goes on where it was.
  enable_managed_spot_training = true
  checkpoint_config            = { s3_uri = mlops_bucket_layout.churn.uris["checkpoints"] }
  stopping_condition = {
    max_runtime_in_seconds   = 3600
    max_wait_time_in_seconds = 7200
  }
  triggers = { data = mlops_dataset.customers.content_sha256 }
}
