resource "mlops_bucket_layout" "project" {
  name = "churn-prediction-storage"

  layout = {
    data = {
      noncurrent_expiration_days = 90
      transitions                = [{ days = 60, storage_class = "STANDARD_IA" }]
    }
    models  = {}
    outputs = { prefix = "jobs/outputs", expiration_days = 30 }
  }

  # Ground Truth's labeling pages read images from the browser.
  cors_rules = [{
    allowed_methods = ["GET"]
    allowed_origins = ["*"]
  }]

  tags = { project = "churn" }
}

output "data_uri" {
  value = mlops_bucket_layout.project.uris["data"] # s3://churn-prediction-storage/data/
}
