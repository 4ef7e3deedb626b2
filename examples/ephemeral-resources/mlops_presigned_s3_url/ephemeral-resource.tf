# Whoever has it can upload this one object within five minutes. Neither the plan nor the state has it.
ephemeral "mlops_presigned_s3_url" "labels" {
  uri                = "s3://churn-uploads/labels.csv"
  method             = "PUT"
  content_type       = "text/csv"
  expires_in_seconds = 300
}

# Provisioners, write-only arguments, provider blocks and other ephemeral values can use it:
# curl --request PUT --header 'Content-Type: text/csv' --upload-file labels.csv "$URL"
locals {
  upload_url = ephemeral.mlops_presigned_s3_url.labels.url
}
