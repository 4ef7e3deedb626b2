import {
  to = mlops_dataset.customers
  id = "churn-by-hand/data/customers"
}

resource "mlops_dataset" "customers" {
  bucket         = "churn-by-hand"
  prefix         = "data/customers"
  content_sha256 = "fb2b61b23cca758d02ea5b558d28b54d47d3f83d90361aa42d20a5d79a5fa18f"
}
