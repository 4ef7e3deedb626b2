# BUCKET/PREFIX. The source is not known after an import, so the first plan shows it as new; equal files are not sent again.
terraform import mlops_dataset.pets pet-pictures-storage/data/pets
