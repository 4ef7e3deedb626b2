"""Writes the digits that scikit-learn has as CSV files, the label first: most to learn from, the others to test with."""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

OUTPUT = Path("/opt/ml/processing/output")

pixels, labels = load_digits(return_X_y=True)
rows = np.column_stack([labels, pixels])
for name, part in zip(("train", "test"), train_test_split(rows, test_size=0.25, random_state=7, stratify=labels)):
    np.savetxt(OUTPUT / name / "digits.csv", part, fmt="%d", delimiter=",")
    print(f"{len(part)} digits to {name}")
