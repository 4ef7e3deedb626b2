resource "mlops_workteam" "reviewers" {
  name        = "reviewers"
  description = "Reviews uncertain predictions"

  member_definitions = [{
    cognito_member_definition = {
      user_pool  = "us-east-1_AbCdEfGhI"
      user_group = "reviewers"
      client_id  = "1h57kf5cpq17m0eml12EXAMPLE"
    }
  }]
}
