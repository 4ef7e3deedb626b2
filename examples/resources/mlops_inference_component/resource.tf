resource "mlops_bucket_layout" "churn" {
  name   = "churn-component-storage"
  layout = { models = {} }
}

resource "mlops_execution_role" "churn" {
  name   = "churn-component"
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

# Instances for several models: the variant has none of its own.
resource "mlops_endpoint_configuration" "shared" {
  name               = "shared"
  execution_role_arn = mlops_execution_role.churn.arn

  production_variants = [
    {
      variant_name           = "main"
      instance_type          = "ml.m5.xlarge"
      initial_instance_count = 1
    },
  ]
}

resource "mlops_endpoint" "shared" {
  name                 = "shared"
  endpoint_config_name = mlops_endpoint_configuration.shared.name
}

# Two copies of the model, each with a core. An update replaces one after the other.
resource "mlops_inference_component" "churn" {
  name          = "churn"
  endpoint_name = mlops_endpoint.shared.name
  variant_name  = "main"

  specification = {
    model_name = mlops_model.churn.name
    compute_resource_requirements = {
      number_of_cpu_cores_required = 1
      min_memory_required_in_mb    = 1024
    }
  }

  runtime_config = { copy_count = 2 }

  deployment_config = {
    rolling_update_policy = {
      maximum_batch_size       = { type = "COPY_COUNT", value = 1 }
      wait_interval_in_seconds = 120
    }
  }
}

# An adapter of the model, on the same copies.
resource "mlops_inference_component" "adapter" {
  name          = "churn-adapter"
  endpoint_name = mlops_endpoint.shared.name

  specification = {
    base_inference_component_name = mlops_inference_component.churn.name
    container                     = { artifact_url = "${mlops_bucket_layout.churn.uris["models"]}/adapter.tar.gz" }
  }
}
