list "mlops_workforce" "private" {
  provider = mlops

  config {
    name_contains = "reviewers"
  }
}
