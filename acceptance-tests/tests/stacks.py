"""A stack for the scenes that need several resources at once."""

from __future__ import annotations

from pathlib import Path

# Probability of each fault, for every call of every service. `cut_before` loses the request, `cut_after` the response.
FAULTS = {"throttle": 0.2, "500": 0.05, "cut_before": 0.05, "cut_after": 0.05}
BUCKET = """
provider "mlops" {}

resource "mlops_bucket_layout" "b" {
  name   = "interrupted-bucket"
  layout = { data = {}, models = {} }
  tags   = { stack = "interrupted" }
}

resource "mlops_dataset" "d" {
  bucket = mlops_bucket_layout.b.name
  prefix = "data"
  source = "rows"
}
"""
# From data to an endpoint, with given and with generated names: resources that depend on each other, and are interrupted
# together. What each resource does by itself follows from its example, so further ones need not be added.
STACK = (
    BUCKET
    + """
resource "mlops_execution_role" "r" {
  name   = "interrupted"
  access = { read = [mlops_bucket_layout.b.uris["data"]], write = [mlops_bucket_layout.b.uris["models"]] }
  tags   = { stack = "interrupted" }
}

resource "mlops_training_job" "j" {
  name_prefix             = "interrupted-"
  role_arn                = mlops_execution_role.r.arn
  algorithm_specification = { training_image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/echo:1" }
  source_code             = { directory = "code", entry_point = "main.py" }
  output_data_config      = { s3_output_path = mlops_bucket_layout.b.uris["models"] }
  resource_config         = { instance_type = "ml.m5.large", instance_count = 1, volume_size_in_gb = 1 }
  tags                    = { stack = "interrupted" }
}

resource "mlops_model" "m" {
  name_prefix        = "interrupted-"
  execution_role_arn = mlops_execution_role.r.arn
  primary_container  = { image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/echo:1" }
  source_code        = { directory = "code", entry_point = "main.py", s3_uri = mlops_bucket_layout.b.uris["models"] }
  tags               = { stack = "interrupted" }
  lifecycle {
    create_before_destroy = true
  }
}

resource "mlops_endpoint_configuration" "c" {
  name = "interrupted-1"
  production_variants = [{
    variant_name           = "main"
    model_name             = mlops_model.m.name
    instance_type          = "ml.t2.medium"
    initial_instance_count = 1
  }]
  lifecycle {
    create_before_destroy = true
  }
}

resource "mlops_endpoint" "e" {
  name                 = "interrupted"
  endpoint_config_name = mlops_endpoint_configuration.c.name
  tags                 = { stack = "interrupted" }
}
"""
)
# Everything that can change, at once.
CHANGED = {
    'stack = "interrupted"': 'stack = "changed"',
    "echo:1": "echo:2",
    '"interrupted-1"': '"interrupted-2"',
    "ml.t2.medium": "ml.m5.large",
    'read = [mlops_bucket_layout.b.uris["data"]]': 'read = values(mlops_bucket_layout.b.uris)',
    "models = {}": "models = { expiration_days = 30 }",
}


def changed(directory: Path) -> None:
    """Data, scripts, endpoint configuration, tags, the role's access, the bucket's lifecycle."""
    text = (directory / "main.tf").read_text()
    for old, new in CHANGED.items():
        assert old in text, old
        text = text.replace(old, new)
    (directory / "main.tf").write_text(text)
    (directory / "rows" / "a.csv").write_text("3\n")
    (directory / "rows" / "b.csv").unlink()
    (directory / "code" / "main.py").write_text("print(2)\n")
