list "mlops_studio_user_profile" "analysts" {
  provider = mlops

  config {
    name_contains = "analyst"
  }
}
