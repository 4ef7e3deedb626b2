resource "mlops_execution_role" "churn" {
  name = "churn-pipeline"
  access = {
    read      = ["s3://churn-project/data/"]
    write     = ["s3://churn-project/reports/"]
    pipelines = true
  }
}

# A change of the definition makes a new version of the pipeline, in place.
resource "mlops_pipeline" "churn" {
  name        = "churn"
  description = "Checks new customers before they are scored"
  role_arn    = mlops_execution_role.churn.arn

  definition = jsonencode({
    Version = "2020-12-01"
    Parameters = [
      { Name = "MaxMissing", Type = "Float", DefaultValue = 0.05 },
    ]
    Steps = [
      {
        Name        = "Check"
        Type        = "Processing"
        CacheConfig = { Enabled = true, ExpireAfter = "P7D" }
        Arguments = {
          RoleArn             = mlops_execution_role.churn.arn
          ProcessingResources = { ClusterConfig = { InstanceType = "ml.m5.large", InstanceCount = 1, VolumeSizeInGB = 10 } }
          AppSpecification = {
            ImageUri            = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
            ContainerEntrypoint = ["python3", "/opt/ml/processing/input/data/check.py"]
          }
          ProcessingInputs = [{
            InputName = "data"
            S3Input   = { S3Uri = "s3://churn-project/data/", LocalPath = "/opt/ml/processing/input/data", S3DataType = "S3Prefix", S3InputMode = "File" }
          }]
          ProcessingOutputConfig = { Outputs = [{
            OutputName = "report"
            S3Output   = { S3Uri = "s3://churn-project/reports/", LocalPath = "/opt/ml/processing/report", S3UploadMode = "EndOfJob" }
          }] }
        }
        PropertyFiles = [{ PropertyFileName = "Report", OutputName = "report", FilePath = "report.json" }]
      },
      {
        Name = "IsComplete"
        Type = "Condition"
        Arguments = {
          Conditions = [{
            Type       = "LessThanOrEqualTo"
            LeftValue  = { "Std:JsonGet" = { PropertyFile = { Get = "Steps.Check.PropertyFiles.Report" }, Path = "missing" } }
            RightValue = { Get = "Parameters.MaxMissing" }
          }]
          IfSteps   = []
          ElseSteps = [{ Name = "TooManyMissing", Type = "Fail", Arguments = { ErrorMessage = "Too many values are missing." } }]
        }
      },
    ]
  })
}
