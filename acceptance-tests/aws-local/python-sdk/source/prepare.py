"""Splits a table of irises into one to train with and one to test with."""

import pathlib

import pandas as pd

base = pathlib.Path("/opt/ml/processing")
table = pd.read_csv(base / "input" / "iris.csv").sample(frac=1, random_state=0)
for name, part in (("train", table[30:]), ("test", table[:30])):
    part.to_csv(base / name / "data.csv", index=False)
