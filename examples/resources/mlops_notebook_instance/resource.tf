resource "mlops_execution_role" "analysis" {
  name = "analysis-notebook"
}

resource "mlops_notebook_instance_lifecycle_configuration" "analysis" {
  name     = "analysis-notebook"
  on_start = [{ content = base64encode("#!/bin/bash\npip install --quiet seaborn\n") }]
}

resource "mlops_notebook_instance" "analysis" {
  name                  = "analysis"
  instance_type         = "ml.t3.medium"
  role_arn              = mlops_execution_role.analysis.arn
  volume_size_in_gb     = 10
  lifecycle_config_name = mlops_notebook_instance_lifecycle_configuration.analysis.name
  root_access           = "Disabled"

  # Stopped out of hours: only the volume is billed then.
  notebook_instance_status = "InService"
}
