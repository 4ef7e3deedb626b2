"""Tests the digits against their schema, reports what was found, and splits them: 60 % to train with, 20 % to validate with, 20 %
that no training sees."""

import csv
import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split

PROCESSING = Path("/opt/ml/processing")
MESSAGE = Path("/opt/ml/output/message")


def checks(header, rows, schema):
    """What was tested, and what was found wrong: nothing if the dataset is as the schema says."""
    label, features = schema["label"], schema["features"]
    names = [
        features["name"].format(row=row, column=column)
        for row in range(features["rows"])
        for column in range(features["columns"])
    ]
    wanted = [label["name"], *names]
    yield "the columns are those of the schema", [] if header == wanted else [f"{header}, not {wanted}"]

    ragged = [f"row {i} has {len(row)} values" for i, row in enumerate(rows, 1) if len(row) != len(wanted)]
    yield "each row has a value for each column", ragged

    allowed = {str(value) for value in label["values"]}
    shades = {str(value) for value in range(features["minimum"], features["maximum"] + 1)}
    strange = [f"row {i} has the label {row[0]!r}" for i, row in enumerate(rows, 1) if row and row[0] not in allowed]
    yield "each label is one of the schema", strange
    strange = [
        f"row {i}, {name}: {value!r}"
        for i, row in enumerate(rows, 1)
        for name, value in zip(names, row[1:])
        if value not in shades
    ]
    yield "each shade is a whole number within the bounds", strange

    duplicates = len(rows) - len({tuple(row) for row in rows})
    limit = schema["maximum_share_of_duplicates"] * len(rows)
    yield "hardly any row is there twice", [f"{duplicates} rows are"] if duplicates > limit else []

    count = Counter(row[0] for row in rows if row)
    rare = [f"{count[v]} times {v}" for v in sorted(allowed) if count[v] < label["minimum_share"] * len(rows)]
    yield "no label is rare", rare or ([] if rows else ["there is no row"])


def finish(message, code=0):
    """Ends the job with a message, which Terraform shows."""
    MESSAGE.write_text(message[:1000])
    print(message, flush=True)
    sys.exit(code)


def main():
    """Read, test, report, split."""
    schema = json.loads((PROCESSING / "input/digits/schema.json").read_text())
    with open(PROCESSING / "input/digits" / schema["file"], newline="") as file:
        header, *rows = csv.reader(file)
    found = dict(checks(header, rows, schema))
    report = {"rows": len(rows), "labels": Counter(row[0] for row in rows if row), "checks": found}
    (PROCESSING / "output/quality/quality.json").write_text(json.dumps(report, indent=2))
    for check, wrong in found.items():
        print(f"{'failed' if wrong else 'passed'}: {check}", flush=True)
        if wrong:
            finish(f"The dataset is refused. Not so: {check}. {len(wrong)} cases, the first: {wrong[0]}", 1)

    digits = np.array(rows, dtype=int)
    train, rest = train_test_split(digits, test_size=0.4, random_state=7, stratify=digits[:, 0])
    validation, test = train_test_split(rest, test_size=0.5, random_state=7, stratify=rest[:, 0])
    parts = {"train": train, "validation": validation, "test": test}
    for name, part in parts.items():
        path = PROCESSING / "output" / name / f"{name}.csv"
        np.savetxt(path, part, fmt="%d", delimiter=",", header=",".join(header), comments="")
    finish(json.dumps({"rows": len(digits), **{name: len(part) for name, part in parts.items()}}))


if __name__ == "__main__":
    main()
