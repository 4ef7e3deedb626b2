"""Real clients, the provider as a user installs it, and the local AWS, for tests and the demonstration."""
