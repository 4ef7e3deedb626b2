"""Trains a classifier of handwritten digits."""

from pathlib import Path

import joblib
import numpy as np
from sklearn.neighbors import KNeighborsClassifier

rows = np.loadtxt("/opt/ml/input/data/digits/digits.csv", delimiter=",")
classifier = KNeighborsClassifier(n_neighbors=3).fit(rows[:, 1:], rows[:, 0])
joblib.dump(classifier, Path("/opt/ml/model/model.joblib"))
