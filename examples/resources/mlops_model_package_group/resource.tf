# The versions of one model. Pipelines and people may register versions in it, too.
resource "mlops_model_package_group" "churn" {
  name                            = "churn"
  model_package_group_description = "Customers who are about to leave"

  # The account that serves the model may see its versions and deploy them.
  resource_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Serving"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::210987654321:root" }
      Action = [
        "sagemaker:DescribeModelPackage",
        "sagemaker:ListModelPackages",
        "sagemaker:CreateModel",
      ]
      Resource = [
        "arn:aws:sagemaker:us-east-1:123456789012:model-package-group/churn",
        "arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/*",
      ]
    }]
  })

  # A destroy also deletes the versions that others registered.
  force_destroy = true

  tags = {
    team = "retention"
  }
}
