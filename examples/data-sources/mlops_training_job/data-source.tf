resource "mlops_bucket_layout" "churn" {
  name          = "churn-artifacts"
  layout        = { models = {} }
  force_destroy = true # The job stores its model artifact here.
}

resource "mlops_execution_role" "churn" {
  name   = "churn-artifacts"
  access = { write = [mlops_bucket_layout.churn.uris["models"]] }
}

resource "mlops_training_job" "churn" {
  name_prefix = "churn-"
  role_arn    = mlops_execution_role.churn.arn

  algorithm_specification = {
    training_image       = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
    container_entrypoint = ["/bin/sh", "-c", "echo 'weights' > /opt/ml/model/weights; echo 'auc=0.93'"]
    metric_definitions   = [{ name = "auc", regex = "auc=([0-9.]+)" }]
  }

  output_data_config = { s3_output_path = mlops_bucket_layout.churn.uris["models"] }

  resource_config = {
    instance_type     = "ml.m5.large"
    instance_count    = 1
    volume_size_in_gb = 10
  }
}

# Any job can be read by its name, also one that a pipeline ran.
data "mlops_training_job" "churn" {
  name = mlops_training_job.churn.name
}

output "result" {
  value = data.mlops_training_job.churn.final_metrics["auc"]
}

output "model" {
  value = data.mlops_training_job.churn.model_artifacts.s3_model_artifacts
}
