"""Serves the classifier of handwritten digits in SageMaker's scikit-learn container."""

import io
import json
from pathlib import Path

import joblib
import numpy as np


def model_fn(model_dir):
    """Load the model of the training job."""
    return joblib.load(Path(model_dir) / "model.joblib")


def input_fn(body, content_type):
    """Read digits: one a line, 64 comma-separated shades of grey."""
    if content_type != "text/csv":
        raise ValueError(f"this model takes text/csv, not {content_type}")
    text = body.decode() if isinstance(body, bytes) else body
    return np.loadtxt(io.StringIO(text), delimiter=",", ndmin=2)


def predict_fn(digits, model):
    """Recognise them."""
    return model.predict(digits)


def output_fn(predictions, accept):
    """Answer with a JSON list of numbers."""
    return json.dumps([int(p) for p in predictions]), "application/json"
