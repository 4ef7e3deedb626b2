"""Trains a decision tree on the CSV files of the channel `train`; the first column is 1 for a customer who left."""

import argparse
import os
from pathlib import Path

import joblib
import numpy
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

parser = argparse.ArgumentParser()
parser.add_argument("--max_depth", type=int, default=4)
arguments, _ = parser.parse_known_args()

files = sorted(Path(os.environ["SM_CHANNEL_TRAIN"]).glob("*.csv"))
rows = numpy.concatenate([numpy.loadtxt(file, delimiter=",", ndmin=2) for file in files])
train, held_out = train_test_split(rows, test_size=0.2, random_state=0)
model = DecisionTreeClassifier(max_depth=arguments.max_depth, random_state=0).fit(train[:, 1:], train[:, 0])
print(f"accuracy={model.score(held_out[:, 1:], held_out[:, 0])}")
joblib.dump(model, Path(os.environ["SM_MODEL_DIR"]) / "model.joblib")
