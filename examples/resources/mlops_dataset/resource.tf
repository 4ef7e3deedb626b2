resource "mlops_bucket_layout" "project" {
  name   = "pet-pictures-storage"
  layout = { data = {} }
}

# A directory without its notes. The plan lists each file to be added, changed or removed.
resource "mlops_dataset" "pets" {
  bucket  = mlops_bucket_layout.project.name
  prefix  = "data/pets"
  source  = "${path.module}/images"
  exclude = ["**/*.txt"]

  # What each object has beside its content.
  content_types = { svg = "image/svg+xml; charset=utf-8" }
  cache_control = "no-cache"
  metadata      = { origin = "shelter" }
  object_tags   = { team = "vision" }
}

# A single file.
resource "mlops_dataset" "labels" {
  bucket = mlops_bucket_layout.project.name
  prefix = "data/labels"
  source = "${path.module}/images/labels.csv"
}

output "pets_uri" {
  value = mlops_dataset.pets.uri # s3://pet-pictures-storage/data/pets/
}
