"""Checks the customers, scales their columns and splits them into training and test data."""

import argparse
from pathlib import Path

import numpy
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

PROCESSING = Path("/opt/ml/processing")

parser = argparse.ArgumentParser()
parser.add_argument("--test-share", type=float, default=0.2)
share = parser.parse_args().test_share

files = sorted((PROCESSING / "input/customers").glob("*.csv"))
rows = numpy.concatenate([numpy.loadtxt(file, delimiter=",", ndmin=2) for file in files])
complete = rows[~numpy.isnan(rows).any(axis=1)]
print(f"{len(complete)} of {len(rows)} customers are complete")
if not numpy.isin(complete[:, 0], [0, 1]).all():
    raise SystemExit("The first column must be 1 for a customer who left, and 0 for others.")

train, test = train_test_split(complete, test_size=share, random_state=0, stratify=complete[:, 0])
scaler = StandardScaler().fit(train[:, 1:])
for name, part in (("train", train), ("test", test)):
    scaled = numpy.column_stack([part[:, 0], scaler.transform(part[:, 1:])])
    numpy.savetxt(PROCESSING / name / f"{name}.csv", scaled, fmt="%.4f", delimiter=",")

# The job's exit message.
Path("/opt/ml/output").mkdir(parents=True, exist_ok=True)
Path("/opt/ml/output/message").write_text(f"{len(train)} customers to train with, {len(test)} to test with")
