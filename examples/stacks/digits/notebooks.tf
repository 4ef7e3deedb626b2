# Jupyter for those who look into the data and the reports. The instance gets the notebook and the dataset when it is created.

resource "mlops_dataset" "notebooks" {
  count = var.parts.notebook ? 1 : 0

  bucket  = mlops_bucket_layout.project.name
  prefix  = "notebooks"
  source  = "${path.module}/notebooks"
  include = ["*.ipynb"]
}

resource "mlops_notebook_instance_lifecycle_configuration" "digits" {
  count = var.parts.notebook ? 1 : 0

  name = var.name
  on_create = [{ content = base64encode(<<-EOT
    #!/bin/bash
    set -e
    cd /home/ec2-user/SageMaker
    sudo -u ec2-user aws s3 cp --recursive ${mlops_dataset.notebooks[0].uri} notebooks
    sudo -u ec2-user aws s3 cp --recursive ${mlops_dataset.digits.uri} data
  EOT
  ) }]
}

resource "mlops_notebook_instance" "digits" {
  count = var.parts.notebook ? 1 : 0

  name                  = var.name
  instance_type         = var.instance_types.notebook
  role_arn              = mlops_execution_role.notebook[0].arn
  lifecycle_config_name = mlops_notebook_instance_lifecycle_configuration.digits[0].name
}
