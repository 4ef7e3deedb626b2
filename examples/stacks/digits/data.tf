# Raw data go to S3 with their schema; a job tests them against it, reports what it found, and splits them.

resource "mlops_dataset" "digits" {
  bucket  = mlops_bucket_layout.project.name
  prefix  = "data/digits"
  source  = "${path.module}/data"
  include = ["digits.csv", "schema.json"]
}

locals {
  # All jobs run on the same instances.
  cluster     = { instance_type = var.instance_types.job, instance_count = 1, volume_size_in_gb = 10 }
  max_runtime = { max_runtime_in_seconds = 3600 }

  # What makes the splits: if any of it changes, another job makes others beside them.
  splits = substr(sha256(jsonencode([
    mlops_dataset.digits.content_sha256,
    [for file in sort(fileset("${path.module}/preparation", "*.py")) : filesha256("${path.module}/preparation/${file}")],
    var.image,
    local.cluster,
  ])), 0, 8)

  split_uris = { for name in ["train", "validation", "test"] : name => "${local.uris["splits"]}${local.splits}/${name}/" }
}

resource "mlops_processing_job" "preparation" {
  name     = "${var.name}-preparation-${local.splits}"
  role_arn = mlops_execution_role.preparation.arn

  app_specification = { image_uri = var.image }
  source_code = {
    directory   = "${path.module}/preparation"
    entry_point = "prepare.py"
    s3_uri      = local.uris["code"]
  }

  processing_inputs = [
    {
      input_name = "digits"
      s3_input   = { s3_uri = mlops_dataset.digits.uri, local_path = "/opt/ml/processing/input/digits" }
    },
  ]

  processing_output_config = {
    outputs = [for name, uri in merge(local.split_uris, { quality = "${local.uris["splits"]}${local.splits}/quality/" }) : {
      output_name = name
      s3_output   = { s3_uri = uri, local_path = "/opt/ml/processing/output/${name}" }
    }]
  }

  processing_resources = { cluster_config = local.cluster }
  stopping_condition   = local.max_runtime
}
