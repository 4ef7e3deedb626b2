resource "mlops_model_package_group" "churn" {
  name = "churn-models"
}

resource "mlops_execution_role" "churn" {
  name   = "churn-deployment"
  access = { pipelines = true }
}

resource "mlops_pipeline" "deployment" {
  name     = "churn-deployment"
  role_arn = mlops_execution_role.churn.arn

  definition = jsonencode({
    Version    = "2020-12-01"
    Parameters = [{ Name = "ModelPackageArn", Type = "String" }, { Name = "Stage", Type = "String", DefaultValue = "test" }]
    Steps      = [{ Name = "NotYet", Type = "Fail", Arguments = { ErrorMessage = "Nothing to deploy to yet." } }]
  })
}

# EventBridge starts the executions with a role of its own, which may do nothing else.
resource "mlops_execution_role" "trigger" {
  name             = "churn-deployment-trigger"
  trusted_services = ["events.amazonaws.com"]

  access = {
    start_pipelines = [mlops_pipeline.deployment.name]
    logs            = false
    metrics         = false
  }
}

# Whenever a version of the model is approved, it is deployed.
resource "mlops_pipeline_trigger" "approved" {
  name                     = "churn-approved"
  model_package_group_name = mlops_model_package_group.churn.name
  pipeline_arn             = mlops_pipeline.deployment.arn
  role_arn                 = mlops_execution_role.trigger.arn

  parameters = {
    ModelPackageArn = "$.detail.ModelPackageArn"
    Stage           = "live"
  }
}
