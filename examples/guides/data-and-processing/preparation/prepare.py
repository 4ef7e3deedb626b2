"""Tests the customers against their schema, and splits them: three fifths to train with, a fifth to validate and one to test with."""

import csv
import hashlib
import json
import sys
from pathlib import Path

PROCESSING = Path("/opt/ml/processing")
# What Terraform shows as `exit_message`, or as the reason of a failure.
MESSAGE = Path("/opt/ml/output/message")

schema = json.loads((PROCESSING / "input/customers/schema.json").read_text())
with open(PROCESSING / "input/customers/customers.csv", newline="") as file:
    rows = list(csv.DictReader(file))

for number, row in enumerate(rows, 1):
    for column, limits in schema["columns"].items():
        if not limits["minimum"] <= float(row[column]) <= limits["maximum"]:
            MESSAGE.write_text(f"Row {number}: {column} is {row[column]}, not {limits['minimum']} to {limits['maximum']}.")
            sys.exit(1)

# A customer is in the same split each time, whoever else is in the dataset.
parts = {"train": [], "validate": [], "test": []}
for row in rows:
    fifth = hashlib.sha256(row["customer"].encode()).digest()[0] % 5
    parts["test" if fifth == 0 else "validate" if fifth == 1 else "train"].append(row)
for name, part in parts.items():
    with open(PROCESSING / "output" / name / f"{name}.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(part)

MESSAGE.write_text(", ".join(f"{len(part)} customers to {name} with" for name, part in parts.items()))
