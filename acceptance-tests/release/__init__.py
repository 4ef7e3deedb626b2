"""Makes what a registry of providers takes: `make release`."""
