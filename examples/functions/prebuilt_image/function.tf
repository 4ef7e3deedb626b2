# 763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-inference:2.6-gpu-py312
output "image" {
  value = provider::mlops::prebuilt_image("pytorch", "2.6", "eu-west-1", {
    image_scope   = "inference"
    instance_type = "ml.g5.xlarge"
  })
}
