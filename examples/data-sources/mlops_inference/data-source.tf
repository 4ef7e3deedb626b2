data "mlops_inference" "digit" {
  endpoint_name = "digits"
  content_type  = "application/json"
  accept        = "application/json"
  body = jsonencode({
    instances = [[0, 0, 5, 13, 9, 1, 0, 0]]
  })
}

output "prediction" {
  value = jsondecode(data.mlops_inference.digit.response)
}
