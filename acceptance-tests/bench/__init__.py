"""`make bench`: how fast and how small the provider is, against a floor or a rival in the same run."""
