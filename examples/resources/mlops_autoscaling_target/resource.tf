resource "mlops_bucket_layout" "churn" {
  name   = "churn-target-storage"
  layout = { models = {} }
}

resource "mlops_execution_role" "churn" {
  name   = "churn-target"
  access = { read = [mlops_bucket_layout.churn.uris["models"]] }
}

resource "mlops_model" "churn" {
  name               = "churn-target"
  execution_role_arn = mlops_execution_role.churn.arn
  primary_container  = { image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3" }

  source_code = {
    directory   = "${path.module}/serving"
    entry_point = "inference.py"
    s3_uri      = mlops_bucket_layout.churn.uris["models"]
  }
}

resource "mlops_endpoint_configuration" "churn" {
  name_prefix = "churn-"

  production_variants = [
    {
      variant_name           = "main"
      model_name             = mlops_model.churn.name
      instance_type          = "ml.m5.large"
      initial_instance_count = 1
    },
  ]

  lifecycle {
    create_before_destroy = true
  }
}

resource "mlops_endpoint" "churn" {
  name                 = "churn"
  endpoint_config_name = mlops_endpoint_configuration.churn.name

  # An update keeps the number of instances that autoscaling has chosen.
  retain_all_variant_properties = true
}

# One to four instances.
resource "mlops_autoscaling_target" "churn" {
  endpoint_name = mlops_endpoint.churn.name
  variant_name  = "main"
  min_capacity  = 1
  max_capacity  = 4

  lifecycle {
    # AWS changes the instance type of a variant only while it is not registered.
    replace_triggered_by = [mlops_endpoint_configuration.churn.production_variants[0].instance_type]
  }
}
