# Whoever opens it within five minutes works in the notebook instance. Neither the plan nor the state has it.
ephemeral "mlops_presigned_notebook_instance_url" "analysis" {
  notebook_instance_name                 = "analysis"
  session_expiration_duration_in_seconds = 3600
}

# Write-only arguments, provider blocks and other ephemeral values can use it.
locals {
  notebook_url = ephemeral.mlops_presigned_notebook_instance_url.analysis.authorized_url
}
