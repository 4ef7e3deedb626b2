# Whoever opens it within a minute works in Studio as this user. Neither the plan nor the state has it.
ephemeral "mlops_presigned_domain_url" "analyst" {
  domain_id                              = "d-abcdefghijkl"
  user_profile_name                      = "churn-analyst"
  landing_uri                            = "app:JupyterLab:"
  expires_in_seconds                     = 60
  session_expiration_duration_in_seconds = 3600
}

# Write-only arguments, provider blocks and other ephemeral values can use it.
locals {
  studio_url = ephemeral.mlops_presigned_domain_url.analyst.authorized_url
}
