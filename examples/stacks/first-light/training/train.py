"""Trains a classifier of handwritten digits. Runs in SageMaker's scikit-learn container in script mode."""

import argparse
import os
from pathlib import Path

import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def main() -> None:
    """Read the channel `digits`, train, report the accuracy of a validation, save the model."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--regularization", type=float, default=0.1)
    parser.add_argument("--digits", type=Path, default=os.environ.get("SM_CHANNEL_DIGITS"))
    parser.add_argument("--model-dir", type=Path, default=os.environ.get("SM_MODEL_DIR"))
    options = parser.parse_args()

    rows = pd.read_csv(options.digits / "train.csv", header=None)
    pixels, labels = rows.iloc[:, 1:].to_numpy(), rows.iloc[:, 0].to_numpy()
    seen, unseen, seen_labels, unseen_labels = train_test_split(
        pixels, labels, test_size=0.2, random_state=7, stratify=labels
    )

    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=options.regularization, max_iter=1000))
    classifier.fit(seen, seen_labels)
    print(f"accuracy={accuracy_score(unseen_labels, classifier.predict(unseen)):.4f}", flush=True)

    classifier.fit(pixels, labels)
    joblib.dump(classifier, options.model_dir / "model.joblib")


if __name__ == "__main__":
    main()
