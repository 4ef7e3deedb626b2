resource "mlops_bucket_layout" "churn" {
  name   = "churn-evaluation-storage"
  layout = { evaluation = {} }
}

# The evaluation of the model: here a local file, otherwise the output of a processing job.
resource "mlops_dataset" "evaluation" {
  bucket = mlops_bucket_layout.churn.name
  prefix = "evaluation"
  source = "${path.module}/evaluation"
}

# Read after it was written.
data "mlops_s3_object" "evaluation" {
  uri        = "${mlops_dataset.evaluation.uri}report.json"
  format     = "json"
  depends_on = [mlops_dataset.evaluation]
}

resource "mlops_model_package_group" "churn" {
  name = "churn-evaluated"
}

# A gate: the model is registered only if its evaluation is good enough.
resource "mlops_model_package" "churn" {
  model_package_group_name = mlops_model_package_group.churn.name

  inference_specification = {
    containers = [{ image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3" }]
  }

  model_metrics = {
    model_quality = {
      statistics = { content_type = "application/json", s3_uri = "${mlops_dataset.evaluation.uri}report.json" }
    }
  }

  lifecycle {
    precondition {
      condition     = data.mlops_s3_object.evaluation.json["auc"] >= 0.9
      error_message = "The AUC is ${data.mlops_s3_object.evaluation.json["auc"]}; a model below 0.9 is not registered."
    }
  }
}

output "auc" {
  value = data.mlops_s3_object.evaluation.json["auc"]
}
