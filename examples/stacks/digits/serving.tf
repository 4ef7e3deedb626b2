# The highest approved version is served. Another one is deployed beside it, and takes its place if it passes the smoke test.

locals {
  served  = length(var.approved_versions) > 0 ? tostring(max(var.approved_versions...)) : null
  release = try(local.releases[local.served], null)

  samples = [for row in compact(split("\n", file("${path.module}/serving/samples.csv"))) : split(",", row)]
}

resource "mlops_model" "digits" {
  count = var.parts.endpoint ? 1 : 0

  name               = "${var.name}-${local.release}"
  execution_role_arn = mlops_execution_role.serving[0].arn
  primary_container  = { model_package_name = mlops_model_package.digits[local.served].arn }

  lifecycle {
    create_before_destroy = true
  }
}

resource "mlops_endpoint" "digits" {
  count = var.parts.endpoint ? 1 : 0

  name = var.name

  configuration = {
    production_variants = [
      {
        variant_name           = "main"
        model_name             = mlops_model.digits[0].name
        instance_type          = var.instance_types.endpoint
        initial_instance_count = 1
      },
    ]

    data_capture_config = {
      enable_capture              = var.parts.monitoring
      initial_sampling_percentage = 100
      destination_s3_uri          = local.uris["capture"]
      capture_options             = [{ capture_mode = "InputAndOutput" }]
      capture_content_type_header = { csv_content_types = ["text/csv"] }
    }
  }

  # An update keeps the number of instances that autoscaling has chosen.
  retain_all_variant_properties = var.parts.autoscaling

  # Ten digits, one of each: all of them must be recognized, or the version that served before goes on.
  smoke_test = {
    content_type = "text/csv"
    accept       = "text/csv"
    body         = join("\n", [for row in local.samples : join(",", slice(row, 1, length(row)))])
    expect       = { matches = "^${join("\\n", local.samples[*][0])}$" }
  }
}

resource "mlops_endpoint_autoscaling" "digits" {
  count = var.parts.endpoint && var.parts.autoscaling ? 1 : 0

  endpoint_name = mlops_endpoint.digits[0].name
  variant_name  = "main"
  min_capacity  = 1
  max_capacity  = 2

  scaling_policies = {
    invocations = {
      target_tracking_scaling_policy_configuration = {
        target_value                    = 500
        predefined_metric_specification = { predefined_metric_type = "SageMakerVariantInvocationsPerInstance" }
        scale_in_cooldown               = 600
        scale_out_cooldown              = 60
      }
    }
  }
}
