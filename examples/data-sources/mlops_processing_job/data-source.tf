resource "mlops_execution_role" "churn" {
  name = "churn-evaluation"
}

resource "mlops_processing_job" "churn" {
  name_prefix = "churn-"
  role_arn    = mlops_execution_role.churn.arn

  app_specification = {
    image_uri            = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
    container_entrypoint = ["/bin/sh", "-c", "echo 'AUC 0.93' > /opt/ml/output/message"]
  }

  processing_resources = {
    cluster_config = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 10 }
  }
}

# Any job can be read by its name, also one that a pipeline ran.
data "mlops_processing_job" "churn" {
  name = mlops_processing_job.churn.name
}

output "result" {
  value = data.mlops_processing_job.churn.exit_message
}
