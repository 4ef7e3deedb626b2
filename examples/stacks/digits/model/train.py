"""Trains a classifier of handwritten digits. Runs in SageMaker's scikit-learn container in script mode."""

import argparse
import os
import shutil
from pathlib import Path

import joblib
import numpy as np
from sklearn.metrics import accuracy_score, f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC


def read(directory):
    """Pixels and labels of a split."""
    (path,) = Path(directory).glob("*.csv")
    rows = np.loadtxt(path, delimiter=",", skiprows=1, dtype=int)
    return rows[:, 1:], rows[:, 0]


def main():
    """Train, print the metrics of the validation, store the model with the code that serves it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--penalty", type=float, default=1.0, help="how much a wrong digit counts against a simple boundary")
    parser.add_argument("--gamma", type=float, default=0.01, help="how far the influence of one digit reaches")
    parser.add_argument("--train", default=os.environ.get("SM_CHANNEL_TRAIN"))
    parser.add_argument("--validation", default=os.environ.get("SM_CHANNEL_VALIDATION"))
    parser.add_argument("--model-dir", default=os.environ.get("SM_MODEL_DIR"))
    # A tuning job adds arguments of its own.
    options, _ = parser.parse_known_args()

    pixels, labels = read(options.train)
    classifier = make_pipeline(StandardScaler(), SVC(C=options.penalty, gamma=options.gamma))
    classifier.fit(pixels, labels)

    pixels, labels = read(options.validation)
    predictions = classifier.predict(pixels)
    # The training job has expressions that find these.
    print(f"validation_accuracy={accuracy_score(labels, predictions):.4f}", flush=True)
    print(f"validation_f1={f1_score(labels, predictions, average='macro'):.4f}", flush=True)

    directory = Path(options.model_dir)
    joblib.dump(classifier, directory / "model.joblib")
    # A version in the registry is complete: whoever deploys it needs nothing else.
    (directory / "code").mkdir(exist_ok=True)
    shutil.copy(Path(__file__).with_name("inference.py"), directory / "code")


if __name__ == "__main__":
    main()
