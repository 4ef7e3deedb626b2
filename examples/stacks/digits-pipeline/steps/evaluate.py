"""Measures how many unseen digits a classifier recognizes."""

import json
import tarfile
from pathlib import Path

import joblib
import numpy as np

PROCESSING = Path("/opt/ml/processing")

with tarfile.open(PROCESSING / "input/model/model.tar.gz") as archive:
    classifier = joblib.load(archive.extractfile("model.joblib"))
rows = np.loadtxt(PROCESSING / "input/test/digits.csv", delimiter=",")
accuracy = classifier.score(rows[:, 1:], rows[:, 0])
print(f"accuracy={accuracy:.4f}")
(PROCESSING / "output/evaluation.json").write_text(json.dumps({"accuracy": round(accuracy, 4)}))
