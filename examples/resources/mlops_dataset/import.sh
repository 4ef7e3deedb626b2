# BUCKET/PREFIX. An import does not know the source, so the next plan shows it as added; files that are in the bucket are not uploaded again.
terraform import mlops_dataset.pets pet-pictures-storage/data/pets
