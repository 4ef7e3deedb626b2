"""Serves the classifier of handwritten digits in SageMaker's scikit-learn container."""

import io
from pathlib import Path

import joblib
import numpy as np


def model_fn(model_dir):
    """Load the model of the training job."""
    return joblib.load(Path(model_dir) / "model.joblib")


def input_fn(body, content_type):
    """Read digits: one a line, 64 comma-separated shades."""
    if content_type != "text/csv":
        raise ValueError(f"this model takes text/csv, not {content_type}")
    text = body.decode() if isinstance(body, bytes) else body
    digits = np.loadtxt(io.StringIO(text), delimiter=",", ndmin=2)
    if digits.shape[1] != 64:
        raise ValueError(f"a digit has 64 shades, not {digits.shape[1]}")
    return digits


def predict_fn(digits, model):
    """Recognize them."""
    return model.predict(digits)


def output_fn(predictions, accept):
    """Respond with a digit a line. Captured responses are compared with the baseline column by column, so they are CSV."""
    return "\n".join(str(int(p)) for p in predictions), "text/csv"
