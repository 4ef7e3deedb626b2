# Each version is registered with its metrics and baselines. It waits there until `approved_versions` names it.

resource "mlops_model_package_group" "digits" {
  name                            = var.name
  model_package_group_description = "Classifiers of handwritten digits"
}

locals {
  evaluations = { for version, job in mlops_processing_job.evaluation : version => try(jsondecode(job.exit_message), null) }
}

resource "mlops_model_package" "digits" {
  for_each = var.versions

  model_package_group_name  = mlops_model_package_group.digits.name
  model_package_description = "Version ${each.key}: support vectors with a penalty of ${each.value.penalty} and gamma = ${each.value.gamma}"
  model_approval_status     = contains(var.approved_versions, tonumber(each.key)) ? "Approved" : "PendingManualApproval"

  inference_specification = {
    containers = [{
      image          = var.image
      framework      = "SKLEARN"
      model_data_url = mlops_training_job.digits[each.key].model_artifacts.s3_model_artifacts
      # The training stores the code beside the model.
      environment = { SAGEMAKER_PROGRAM = "inference.py", SAGEMAKER_SUBMIT_DIRECTORY = "/opt/ml/model/code" }
    }]
    supported_content_types       = ["text/csv"]
    supported_response_mime_types = ["text/csv"]
  }

  model_metrics = {
    model_quality = {
      statistics = { content_type = "application/json", s3_uri = "${mlops_processing_job.evaluation[each.key].output_uris["report"]}metrics.json" }
    }
  }

  drift_check_baselines = {
    model_data_quality = { for name in ["statistics", "constraints"] : name => {
      content_type = "application/json", s3_uri = "${mlops_processing_job.baseline[each.key].output_uris["baseline"]}${name}.json"
    } }
  }

  customer_metadata_properties = {
    version  = each.key
    accuracy = tostring(local.evaluations[each.key].accuracy)
  }

  lifecycle {
    precondition {
      condition     = local.evaluations[each.key].accuracy >= var.minimum_accuracy
      error_message = "Version ${each.key} recognizes ${local.evaluations[each.key].accuracy} of the digits, not ${var.minimum_accuracy}: it is not registered."
    }
  }
}
