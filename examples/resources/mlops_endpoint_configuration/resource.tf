# Two models share the traffic nine to one, and a fifth of the requests is recorded for monitoring.
resource "mlops_endpoint_configuration" "churn" {
  name_prefix = "churn-"

  production_variants = [
    {
      variant_name           = "current"
      model_name             = "churn-1"
      instance_type          = "ml.m5.large"
      initial_instance_count = 2
      initial_variant_weight = 9
    },
    {
      variant_name           = "candidate"
      model_name             = "churn-2"
      instance_type          = "ml.m5.large"
      initial_instance_count = 1
      initial_variant_weight = 1
    },
  ]

  data_capture_config = {
    initial_sampling_percentage = 20
    destination_s3_uri          = "s3://churn-project/capture/"
    capture_options             = [{ capture_mode = "InputAndOutput" }]
  }

  lifecycle {
    create_before_destroy = true
  }
}

# No machines of its own: billed by the request, with a pause before the first answer.
resource "mlops_endpoint_configuration" "serverless" {
  name = "churn-serverless"

  production_variants = [
    {
      variant_name = "main"
      model_name   = "churn-1"
      serverless_config = {
        memory_size_in_mb = 2048
        max_concurrency   = 5
      }
    },
  ]
}
