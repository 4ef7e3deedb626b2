resource "mlops_bucket_layout" "churn" {
  name   = "churn-serving-storage"
  layout = { models = {} }
}

resource "mlops_execution_role" "churn" {
  name   = "churn-serving"
  access = { read = [mlops_bucket_layout.churn.uris["models"]] }
}

resource "mlops_model" "churn" {
  name_prefix        = "churn-"
  execution_role_arn = mlops_execution_role.churn.arn
  primary_container  = { image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3" }
  source_code = {
    directory   = "${path.module}/serving"
    entry_point = "inference.py"
    s3_uri      = mlops_bucket_layout.churn.uris["models"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "mlops_endpoint_configuration" "churn" {
  name_prefix = "churn-"
  production_variants = [
    {
      variant_name           = "all"
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
}
