# Each version is trained, evaluated on digits that the training did not see, and gets a baseline for its monitoring.

locals {
  # What makes a version of the model: if any of it changes, other jobs with other names make it again.
  releases = { for version, hyper_parameters in var.versions : version => format("%s-%s", version, substr(sha256(jsonencode([
    local.splits,
    [for file in sort(fileset(path.module, "{model,evaluation}/*.py")) : filesha256("${path.module}/${file}")],
    hyper_parameters,
    var.image,
    var.analyzer,
    local.cluster,
  ])), 0, 8)) }

  algorithm = {
    training_image = var.image
    metric_definitions = [
      { name = "validation:accuracy", regex = "validation_accuracy=([0-9.]+)" },
      { name = "validation:f1", regex = "validation_f1=([0-9.]+)" },
    ]
  }
  channels = [for name in ["train", "validation"] : {
    channel_name = name
    data_source  = { s3_data_source = { s3_uri = mlops_processing_job.preparation.output_uris[name] } }
  }]
}

resource "mlops_training_job" "digits" {
  for_each = var.versions

  name                    = "${var.name}-${local.releases[each.key]}"
  role_arn                = mlops_execution_role.training.arn
  algorithm_specification = local.algorithm
  source_code             = { directory = "${path.module}/model", entry_point = "train.py" }
  hyper_parameters        = { for name, value in each.value : name => tostring(value) }
  input_data_config       = local.channels
  output_data_config      = { s3_output_path = local.uris["models"] }
  resource_config         = local.cluster
  stopping_condition      = local.max_runtime
}

# Measures the model with the code that serves it. Its exit message is the summary that the registration depends on.
resource "mlops_processing_job" "evaluation" {
  for_each = var.versions

  name     = "${var.name}-evaluation-${local.releases[each.key]}"
  role_arn = mlops_execution_role.evaluation.arn

  app_specification = { image_uri = var.image }
  source_code = {
    directory   = "${path.module}/evaluation"
    entry_point = "evaluate.py"
    s3_uri      = local.uris["code"]
  }

  processing_inputs = [for name, uri in {
    model      = mlops_training_job.digits[each.key].model_artifacts.s3_model_artifacts
    test       = mlops_processing_job.preparation.output_uris["test"]
    validation = mlops_processing_job.preparation.output_uris["validation"]
    } : {
    input_name = name
    s3_input   = { s3_uri = uri, local_path = "/opt/ml/processing/input/${name}" }
  }]

  processing_output_config = {
    outputs = [for name in ["report", "baseline"] : {
      output_name = name
      s3_output   = { s3_uri = "${local.uris["reports"]}${local.releases[each.key]}/${name}/", local_path = "/opt/ml/processing/output/${name}" }
    }]
  }

  processing_resources = { cluster_config = local.cluster }
  stopping_condition   = local.max_runtime
}

# Suggests statistics and constraints of traffic that is as it should be.
resource "mlops_processing_job" "baseline" {
  for_each = var.versions

  name     = "${var.name}-baseline-${local.releases[each.key]}"
  role_arn = mlops_execution_role.monitoring.arn

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
      s3_input = {
        s3_uri     = mlops_processing_job.evaluation[each.key].output_uris["baseline"]
        local_path = "/opt/ml/processing/input/baseline"
      }
    },
  ]

  processing_output_config = {
    outputs = [
      {
        output_name = "baseline"
        s3_output   = { s3_uri = "${local.uris["baselines"]}${local.releases[each.key]}/", local_path = "/opt/ml/processing/output" }
      },
    ]
  }

  processing_resources = { cluster_config = local.cluster }
  stopping_condition   = local.max_runtime
}

# An option: looks for better hyperparameters. The output has the best; a version is made of them in `versions`.
resource "mlops_hyper_parameter_tuning_job" "digits" {
  count = var.parts.tuning ? 1 : 0

  name = "${var.name}-${substr(local.splits, 0, 7)}"

  hyper_parameter_tuning_job_config = {
    strategy                             = "Bayesian"
    hyper_parameter_tuning_job_objective = { type = "Maximize", metric_name = "validation:accuracy" }
    resource_limits                      = { max_number_of_training_jobs = 4, max_parallel_training_jobs = 2 }
    random_seed                          = 7

    parameter_ranges = {
      continuous_parameter_ranges = [
        { name = "penalty", min_value = 0.1, max_value = 100, scaling_type = "Logarithmic" },
        { name = "gamma", min_value = 0.001, max_value = 0.1, scaling_type = "Logarithmic" },
      ]
    }
  }

  training_job_definition = {
    role_arn                = mlops_execution_role.training.arn
    algorithm_specification = local.algorithm
    input_data_config       = local.channels
    output_data_config      = { s3_output_path = local.uris["models"] }
    resource_config         = local.cluster
    stopping_condition      = local.max_runtime
  }

  source_code = { directory = "${path.module}/model", entry_point = "train.py" }
}
