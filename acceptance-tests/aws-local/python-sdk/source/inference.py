"""Serves a classifier of irises."""

import io
import os

import joblib
import numpy


def model_fn(model_dir):
    """The classifier."""
    return joblib.load(os.path.join(model_dir, "model.joblib"))


def input_fn(body, content_type):
    """Measures, a flower a line."""
    text = body if isinstance(body, str) else body.decode()
    return numpy.loadtxt(io.StringIO(text), delimiter=",", ndmin=2)


def output_fn(prediction, accept):
    """Species, one a line."""
    return "\n".join(str(species) for species in prediction)
