list "mlops_studio_domain" "all" {
  provider = mlops
}
