resource "mlops_bucket_layout" "churn" {
  name          = "churn-evaluation-storage"
  layout        = { data = {}, reports = {} }
  force_destroy = true # The executions store their reports here.
}

resource "mlops_execution_role" "churn" {
  name = "churn-evaluation"
  access = {
    read      = [mlops_bucket_layout.churn.uris["data"], mlops_bucket_layout.churn.uris["reports"]]
    write     = [mlops_bucket_layout.churn.uris["reports"]]
    pipelines = true
  }
}

resource "mlops_dataset" "churn" {
  bucket = mlops_bucket_layout.churn.name
  prefix = "data"
  source = "${path.module}/evaluation"
}

resource "mlops_pipeline" "churn" {
  name     = "churn-evaluation"
  role_arn = mlops_execution_role.churn.arn

  definition = jsonencode({
    Version    = "2020-12-01"
    Parameters = [{ Name = "MinAccuracy", Type = "Float" }]
    Steps = [
      {
        Name = "Evaluate"
        Type = "Processing"
        Arguments = {
          RoleArn             = mlops_execution_role.churn.arn
          ProcessingResources = { ClusterConfig = { InstanceType = "ml.m5.large", InstanceCount = 1, VolumeSizeInGB = 10 } }
          AppSpecification = {
            ImageUri            = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
            ContainerEntrypoint = ["python3", "/opt/ml/processing/input/data/evaluate.py"]
          }
          ProcessingInputs = [{
            InputName = "data"
            S3Input   = { S3Uri = mlops_dataset.churn.uri, LocalPath = "/opt/ml/processing/input/data", S3DataType = "S3Prefix", S3InputMode = "File" }
          }]
          ProcessingOutputConfig = { Outputs = [{
            OutputName = "report"
            S3Output   = { S3Uri = mlops_bucket_layout.churn.uris["reports"], LocalPath = "/opt/ml/processing/report", S3UploadMode = "EndOfJob" }
          }] }
        }
        PropertyFiles = [{ PropertyFileName = "Report", OutputName = "report", FilePath = "report.json" }]
      },
      {
        Name = "IsGood"
        Type = "Condition"
        Arguments = {
          Conditions = [{
            Type       = "GreaterThanOrEqualTo"
            LeftValue  = { "Std:JsonGet" = { PropertyFile = { Get = "Steps.Evaluate.PropertyFiles.Report" }, Path = "accuracy" } }
            RightValue = { Get = "Parameters.MinAccuracy" }
          }]
          IfSteps   = []
          ElseSteps = [{ Name = "TooBad", Type = "Fail", Arguments = { ErrorMessage = "The model is not accurate enough." } }]
        }
      },
    ]
  })
}

# Runs once, and again when a parameter, the pipeline or the data change. If it fails, so does the apply.
resource "mlops_pipeline_execution" "churn" {
  pipeline_name = mlops_pipeline.churn.name
  display_name  = "Evaluation"
  parameters    = { MinAccuracy = "0.7" }

  triggers = {
    pipeline = mlops_pipeline.churn.definition_sha256
    data     = mlops_dataset.churn.content_sha256
  }
}

output "steps" {
  value = { for name, step in mlops_pipeline_execution.churn.steps : name => step.status } # { Evaluate = "Succeeded", ... }
}
