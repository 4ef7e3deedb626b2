"""A local AWS on loopback: strict, alive, and able to really run SageMaker work."""

__version__ = "0.1.0"
