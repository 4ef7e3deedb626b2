"""SageMaker, driven by its service model and by one table row per kind of object."""
