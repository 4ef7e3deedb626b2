list "mlops_workteam" "reviewers" {
  provider = mlops

  config {
    name_contains = "reviewers"
  }
}
