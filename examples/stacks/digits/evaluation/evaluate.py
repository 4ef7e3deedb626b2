"""Measures a model on digits that it was not trained with, as it will be served, and reports: metrics as JSON, pictures, a page that
shows them, and what the traffic of the endpoint is compared with."""

import base64
import html
import importlib.util
import json
import tarfile
import tempfile
from pathlib import Path

import numpy as np
from png import class_picture, confusion_picture
from sklearn.metrics import classification_report, confusion_matrix

PROCESSING = Path("/opt/ml/processing")
REPORT = PROCESSING / "output/report"

PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title>
<style>body {{ font-family: sans-serif; margin: 2em }} td, th {{ padding: 0.2em 0.8em; text-align: right }}</style></head>
<body>
<h1>{title}</h1>
<p>{accuracy:.2%} of {count} digits that the training did not see are recognized.</p>
<h2>Written and recognized</h2>
<p>Rows: the digit that was written. Columns: the digit that was recognized.</p>
<img alt="Confusion matrix" src="data:image/png;base64,{confusion}">
<table><tr><th></th>{columns}</tr>{matrix}</table>
<h2>Each digit</h2>
<p>Upper bar: precision. Lower bar: recall. Both from 0 to 1.</p>
<img alt="Precision and recall of each digit" src="data:image/png;base64,{classes}">
<table><tr><th>Digit</th><th>Precision</th><th>Recall</th><th>F1</th><th>Digits</th></tr>{rows}</table>
</body>
</html>
"""


def served():
    """The code that serves the model, and the model: what is measured is what will respond to requests."""
    directory = Path(tempfile.mkdtemp())
    with tarfile.open(PROCESSING / "input/model/model.tar.gz") as archive:
        archive.extractall(directory)
    spec = importlib.util.spec_from_file_location("inference", directory / "code/inference.py")
    inference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(inference)
    model = inference.model_fn(directory)
    return lambda pixels: np.asarray(inference.predict_fn(pixels, model), dtype=int)


def read(name):
    """Header, pixels and labels of a split."""
    path = PROCESSING / "input" / name / f"{name}.csv"
    with open(path) as file:
        header = file.readline().strip().split(",")
    rows = np.loadtxt(path, delimiter=",", skiprows=1, dtype=int)
    return header, rows[:, 1:], rows[:, 0]


def cells(values, kind="td"):
    """Cells of a table."""
    return "".join(f"<{kind}>{value}</{kind}>" for value in values)


def main():
    """Predict, measure, report."""
    predict = served()
    header, pixels, labels = read("test")
    predictions = predict(pixels)
    digits = sorted(set(labels.tolist()))
    by_digit = classification_report(labels, predictions, labels=digits, output_dict=True, zero_division=0)
    matrix = confusion_matrix(labels, predictions, labels=digits)
    accuracy = float((predictions == labels).mean())
    classes = [by_digit[str(digit)] for digit in digits]

    means = [pixels[labels == digit].mean(axis=0).reshape(8, 8) for digit in digits]
    pictures = {
        "confusion_matrix.png": confusion_picture(matrix, means),
        "classes.png": class_picture([c["precision"] for c in classes], [c["recall"] for c in classes], means),
    }
    for name, picture in pictures.items():
        (REPORT / name).write_bytes(picture)
    confusion, bars = (base64.b64encode(picture).decode() for picture in pictures.values())

    # The form in which SageMaker Studio shows the quality of a model in the registry.
    metrics = {
        "accuracy": {"value": accuracy, "standard_deviation": "NaN"},
        "confusion_matrix": {str(a): dict(zip(map(str, digits), row)) for a, row in zip(digits, matrix.tolist())},
        **{
            f"weighted_{name}": {"value": by_digit["weighted avg"][key], "standard_deviation": "NaN"}
            for name, key in (("precision", "precision"), ("recall", "recall"), ("f1", "f1-score"))
        },
    }
    report = {"multiclass_classification_metrics": metrics, "classes": dict(zip(map(str, digits), classes))}
    (REPORT / "metrics.json").write_text(json.dumps(report, indent=2))
    (REPORT / "report.html").write_text(
        PAGE.format(
            title=html.escape("Evaluation of a classifier of handwritten digits"),
            accuracy=accuracy,
            count=len(labels),
            confusion=confusion,
            classes=bars,
            columns=cells(digits, "th"),
            matrix="".join(f"<tr><th>{d}</th>{cells(row)}</tr>" for d, row in zip(digits, matrix.tolist())),
            rows="".join(
                f"<tr><th>{digit}</th>{cells(format(c[key], '.3f') for key in ('precision', 'recall', 'f1-score'))}"
                f"{cells([int(c['support'])])}</tr>"
                for digit, c in zip(digits, classes)
            ),
        )
    )

    # What traffic looks like that is as it should be: a prediction, then the pixels, as the endpoint captures them.
    _, pixels, _ = read("validation")
    baseline = np.column_stack([predict(pixels), pixels])
    path = PROCESSING / "output/baseline/baseline.csv"
    np.savetxt(path, baseline, fmt="%d", delimiter=",", header=",".join(["prediction", *header[1:]]), comments="")

    message = {"accuracy": round(accuracy, 4), "f1": round(by_digit["macro avg"]["f1-score"], 4), "digits": len(labels)}
    Path("/opt/ml/output/message").write_text(json.dumps(message))
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    main()
