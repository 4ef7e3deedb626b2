resource "mlops_bucket_layout" "churn" {
  name   = "churn-policy-storage"
  layout = { models = {} }
}

resource "mlops_execution_role" "churn" {
  name   = "churn-policy"
  access = { read = [mlops_bucket_layout.churn.uris["models"]] }
}

resource "mlops_model" "churn" {
  name               = "churn-policy"
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

resource "mlops_autoscaling_target" "churn" {
  endpoint_name = mlops_endpoint.churn.name
  variant_name  = "main"
  min_capacity  = 1
  max_capacity  = 4
}

# As many instances as it takes for each to have about 100 invocations per minute.
resource "mlops_autoscaling_policy" "invocations" {
  name               = "invocations"
  resource_id        = mlops_autoscaling_target.churn.resource_id
  scalable_dimension = mlops_autoscaling_target.churn.scalable_dimension

  target_tracking_scaling_policy_configuration = {
    target_value                    = 100
    predefined_metric_specification = { predefined_metric_type = "SageMakerVariantInvocationsPerInstance" }
    scale_in_cooldown               = 600
  }
}

# An expression over metrics: the share of all cores that is busy.
resource "mlops_autoscaling_policy" "cpu" {
  name               = "cpu"
  resource_id        = mlops_autoscaling_target.churn.resource_id
  scalable_dimension = mlops_autoscaling_target.churn.scalable_dimension

  target_tracking_scaling_policy_configuration = {
    target_value     = 60
    disable_scale_in = true

    customized_metric_specification = {
      metrics = [
        {
          id = "cpu"
          metric_stat = {
            metric = {
              metric_name = "CPUUtilization"
              namespace   = "/aws/sagemaker/Endpoints"
              dimensions = [
                { name = "EndpointName", value = mlops_endpoint.churn.name },
                { name = "VariantName", value = mlops_autoscaling_target.churn.variant_name },
              ]
            }
            stat = "Average"
          }
          return_data = false
        },
        # CPUUtilization is 100 for each core, and an instance has two.
        { id = "busy", expression = "cpu / 2", label = "Busy cores" },
      ]
    }
  }
}

# Two more instances when an alarm goes off, three if its metric is 50 or more above the threshold. The alarm has the ARN of
# the policy among its actions.
resource "mlops_autoscaling_policy" "burst" {
  name               = "burst"
  resource_id        = mlops_autoscaling_target.churn.resource_id
  scalable_dimension = mlops_autoscaling_target.churn.scalable_dimension

  step_scaling_policy_configuration = {
    adjustment_type = "ChangeInCapacity"
    cooldown        = 120

    step_adjustments = [
      { metric_interval_lower_bound = 0, metric_interval_upper_bound = 50, scaling_adjustment = 2 },
      { metric_interval_lower_bound = 50, scaling_adjustment = 3 },
    ]
  }
}
