resource "mlops_bucket_layout" "digits" {
  name   = "digits-tuning-storage"
  layout = { models = {} }
}

resource "mlops_execution_role" "digits" {
  name = "digits-tuning"
  access = {
    read  = [mlops_bucket_layout.digits.uris["models"]]
    write = [mlops_bucket_layout.digits.uris["models"]]
  }
}

# Runs once. A change of the source code, a range or a trigger runs a new tuning job in its place.
resource "mlops_hyper_parameter_tuning_job" "digits" {
  name_prefix = "digit-"

  hyper_parameter_tuning_job_config = {
    strategy                             = "Bayesian"
    hyper_parameter_tuning_job_objective = { type = "Maximize", metric_name = "accuracy" }
    resource_limits                      = { max_number_of_training_jobs = 4, max_parallel_training_jobs = 2 }
    random_seed                          = 7

    parameter_ranges = {
      integer_parameter_ranges     = [{ name = "max_depth", min_value = 6, max_value = 12 }]
      continuous_parameter_ranges  = [{ name = "ccp_alpha", min_value = 0.0001, max_value = 0.01, scaling_type = "Logarithmic" }]
      categorical_parameter_ranges = [{ name = "criterion", values = ["gini", "entropy"] }]
    }
  }

  training_job_definition = {
    role_arn = mlops_execution_role.digits.arn

    algorithm_specification = {
      training_image     = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
      metric_definitions = [{ name = "accuracy", regex = "accuracy=([0-9.]+)" }]
    }

    output_data_config = { s3_output_path = mlops_bucket_layout.digits.uris["models"] }
    resource_config    = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 10 }
    stopping_condition = { max_runtime_in_seconds = 3600 }
  }

  # The provider packages the directory and uploads it below the output path. A destroy deletes it, and the training jobs with
  # their logs and model artifacts, unless delete_training_jobs is false.
  source_code = {
    directory   = "${path.module}/training"
    entry_point = "train.py"
  }
}

output "accuracy" {
  value = mlops_hyper_parameter_tuning_job.digits.best_training_job.final_hyper_parameter_tuning_job_objective_metric.value
}

output "hyper_parameters" {
  value = mlops_hyper_parameter_tuning_job.digits.best_training_job.tuned_hyper_parameters
}

output "model" {
  value = mlops_hyper_parameter_tuning_job.digits.best_training_job.model_artifacts.s3_model_artifacts
}

output "trials" {
  value = mlops_hyper_parameter_tuning_job.digits.training_job_status_counters.completed
}
