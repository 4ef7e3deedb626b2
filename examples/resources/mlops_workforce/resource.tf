# The account's private workforce in this Region; its workers are the users of the pool.
resource "mlops_workforce" "reviewers" {
  name = "reviewers"

  cognito_config = {
    user_pool = "us-east-1_AbCdEfGhI"
    client_id = "1h57kf5cpq17m0eml12EXAMPLE"
  }

  # Only from the office.
  source_ip_config = { cidrs = ["203.0.113.0/24"] }
}
