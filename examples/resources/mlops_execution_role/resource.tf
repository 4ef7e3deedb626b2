# The plan shows the policy that these grants are compiled to (`policy_json`).
resource "mlops_execution_role" "training" {
  name        = "churn-training"
  path        = "/ml/"
  description = "Trains and registers the churn model"

  access = {
    read             = ["s3://churn-project/data/"]
    write            = ["s3://churn-project/models/"]
    ecr_repositories = ["arn:aws:ecr:us-east-1:123456789012:repository/churn"]
    model_registry   = ["churn"]
  }

  tags = {
    project = "churn"
  }
}

# A role for pipelines, in a VPC and with encrypted data, that Lambda may assume as well.
resource "mlops_execution_role" "pipeline" {
  name_prefix      = "churn-pipeline-"
  trusted_services = ["lambda.amazonaws.com"]

  access = {
    read      = ["s3://churn-project"]
    write     = ["s3://churn-project/runs/"]
    delete    = ["s3://churn-project/runs/checkpoints/"]
    kms_keys  = ["arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"]
    vpc       = true
    pipelines = true
  }

  inline_policies = {
    approve = jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect   = "Allow"
        Action   = "sagemaker:UpdateModelPackage"
        Resource = "arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/*"
      }]
    })
  }
}
