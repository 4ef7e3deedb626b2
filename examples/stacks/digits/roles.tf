# A role for each kind of job, with what AWS's documentation of execution roles lists for it, and no more: logs and metrics, which
# `access` includes, the images that are pulled, and the prefixes that are read and written.

data "mlops_caller_identity" "current" {}

locals {
  repositories = { for name, image in { scripts = var.image, analyzer = var.analyzer } :
    name => format("arn:%s:ecr:%s:%s:repository/%s",
      data.mlops_caller_identity.current.partition,
      regex("[.]dkr[.]ecr[.]([^.]+)[.]", image)[0],
      regex("^[0-9]+", image),
      regex("/([^:@]+)", image)[0],
    )
  }
}

resource "mlops_execution_role" "preparation" {
  name = "${var.name}-preparation"
  access = {
    ecr_repositories = [local.repositories.scripts]
    read             = [local.uris["data"], local.uris["code"]]
    write            = [local.uris["splits"]]
  }
}

# Also of the tuning, whose training jobs are the same.
resource "mlops_execution_role" "training" {
  name = "${var.name}-training"
  access = {
    ecr_repositories = [local.repositories.scripts]
    read             = [local.uris["splits"], local.uris["models"]]
    write            = [local.uris["models"]]
  }
}

resource "mlops_execution_role" "evaluation" {
  name = "${var.name}-evaluation"
  access = {
    ecr_repositories = [local.repositories.scripts]
    read             = [local.uris["code"], local.uris["splits"], local.uris["models"]]
    write            = [local.uris["reports"]]
  }
}

resource "mlops_execution_role" "monitoring" {
  name = "${var.name}-monitoring"
  access = {
    ecr_repositories = [local.repositories.analyzer]
    read             = [local.uris["reports"], local.uris["baselines"], local.uris["capture"]]
    write            = [local.uris["baselines"], local.uris["drift"]]
  }
}

resource "mlops_execution_role" "serving" {
  count = var.parts.endpoint ? 1 : 0

  name = "${var.name}-serving"
  access = {
    ecr_repositories = [local.repositories.scripts]
    read             = [local.uris["models"]]
    write            = [local.uris["capture"]]
  }
}

resource "mlops_execution_role" "notebook" {
  count = var.parts.notebook ? 1 : 0

  name = "${var.name}-notebook"
  access = {
    read      = [for name in ["notebooks", "data", "splits", "reports"] : local.uris[name]]
    endpoints = [var.name]
  }
}
