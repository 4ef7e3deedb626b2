resource "mlops_bucket_layout" "churn" {
  name   = "churn-capture-storage"
  layout = { capture = { expiration_days = 90 } }
}

resource "mlops_execution_role" "churn" {
  name = "churn-serving"
  access = {
    write            = [mlops_bucket_layout.churn.uris["capture"]]
    ecr_repositories = ["arn:aws:ecr:us-east-1:123456789012:repository/churn"]
  }
}

# Container images that include the model.
resource "mlops_model" "churn" {
  for_each           = toset(["current", "candidate"])
  name               = "churn-${each.key}"
  execution_role_arn = mlops_execution_role.churn.arn
  primary_container  = { image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/churn:${each.key}" }
}

# Two variants share the traffic nine to one, and data capture stores a fifth of the requests for monitoring.
resource "mlops_endpoint_configuration" "churn" {
  name_prefix = "churn-"

  production_variants = [
    {
      variant_name           = "current"
      model_name             = mlops_model.churn["current"].name
      instance_type          = "ml.m5.large"
      initial_instance_count = 2
      initial_variant_weight = 9
    },
    {
      variant_name           = "candidate"
      model_name             = mlops_model.churn["candidate"].name
      instance_type          = "ml.m5.large"
      initial_instance_count = 1
      initial_variant_weight = 1
    },
  ]

  data_capture_config = {
    initial_sampling_percentage = 20
    destination_s3_uri          = mlops_bucket_layout.churn.uris["capture"]
    capture_options             = [{ capture_mode = "InputAndOutput" }]
  }

  lifecycle {
    create_before_destroy = true
  }
}

# Serverless inference: billed by use, with a cold start.
resource "mlops_endpoint_configuration" "serverless" {
  name = "churn-serverless"

  production_variants = [
    {
      variant_name = "main"
      model_name   = mlops_model.churn["current"].name
      serverless_config = {
        memory_size_in_mb = 2048
        max_concurrency   = 5
      }
    },
  ]
}

# A shadow variant: the candidate receives a copy of half of the requests, and its responses are only captured.
resource "mlops_endpoint_configuration" "shadow" {
  name = "churn-shadow"

  production_variants = [
    {
      variant_name           = "current"
      model_name             = mlops_model.churn["current"].name
      instance_type          = "ml.m5.large"
      initial_instance_count = 1
      initial_variant_weight = 2
    },
  ]

  shadow_production_variants = [
    {
      variant_name           = "candidate"
      model_name             = mlops_model.churn["candidate"].name
      instance_type          = "ml.m5.large"
      initial_instance_count = 1
      initial_variant_weight = 1
    },
  ]
}
