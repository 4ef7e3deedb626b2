resource "mlops_notebook_instance_lifecycle_configuration" "analysis" {
  name = "analysis"

  on_start = [{
    content = base64encode(<<-EOT
      #!/bin/bash
      set -eu
      sudo -u ec2-user -i pip install --quiet seaborn
    EOT
    )
  }]
}
