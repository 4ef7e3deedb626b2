# One bucket: what is made of what has a prefix of its own, so that each role can be given its part.

resource "mlops_bucket_layout" "project" {
  name          = "${var.name}-project"
  force_destroy = true
  layout = {
    code      = {}
    data      = {}
    splits    = { expiration_days = 90 }
    models    = {}
    reports   = {}
    baselines = {}
    capture   = { expiration_days = 30 }
    drift     = { expiration_days = 90 }
    notebooks = {}
  }
}

locals {
  uris = mlops_bucket_layout.project.uris
}
