data "mlops_prebuilt_image" "sklearn" {
  framework = "sklearn"
  version   = "1.2-1"
}

output "image" {
  value = data.mlops_prebuilt_image.sklearn.image_uri
}
