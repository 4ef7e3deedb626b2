"""Trains a decision tree that reads handwritten digits, and says how well it reads those that it has not seen."""

import argparse
import os
from pathlib import Path

import joblib
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

parser = argparse.ArgumentParser()
parser.add_argument("--max_depth", type=int, default=8)
parser.add_argument("--ccp_alpha", type=float, default=0.0)
parser.add_argument("--criterion", default="gini")
options, _ = parser.parse_known_args()

pixels, labels = load_digits(return_X_y=True)
seen, unseen, seen_labels, unseen_labels = train_test_split(pixels, labels, test_size=0.25, random_state=7)
tree = DecisionTreeClassifier(
    max_depth=options.max_depth, ccp_alpha=options.ccp_alpha, criterion=options.criterion, random_state=7
).fit(seen, seen_labels)
print(f"accuracy={tree.score(unseen, unseen_labels):.4f}")
joblib.dump(tree, Path(os.environ["SM_MODEL_DIR"]) / "model.joblib")
