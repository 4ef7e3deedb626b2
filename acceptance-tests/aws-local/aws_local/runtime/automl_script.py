"""Trains the candidates of an AutoML job on tabular data; run in the job's Python, which needs pandas and scikit-learn.

    python automl_script.py SPEC.json

The spec: `train` and `validation` (folders of CSV files with headers; `validation` may be null), `target`, `problem` (or
null), `metric` (or null), `candidates` (how many), `output` (folder). Writes `output/NAME/{model.joblib,code/inference.py}`
and `output/result.json`.
"""

from __future__ import annotations

import json
import pathlib
import sys

import joblib
import numpy
import pandas
from sklearn import ensemble, linear_model, metrics
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

# Default objectives: API reference, AutoMLJobObjective.
DEFAULT_METRIC = {"Regression": "MSE", "BinaryClassification": "F1", "MulticlassClassification": "Accuracy"}
SCORES = {
    "MSE": metrics.mean_squared_error,
    "RMSE": lambda true, found: float(numpy.sqrt(metrics.mean_squared_error(true, found))),
    "MAE": metrics.mean_absolute_error,
    "R2": metrics.r2_score,
    "Accuracy": metrics.accuracy_score,
    "BalancedAccuracy": metrics.balanced_accuracy_score,
    "F1": lambda true, found: metrics.f1_score(true, found, pos_label=sorted(set(true))[-1]),
    "F1macro": lambda true, found: metrics.f1_score(true, found, average="macro"),
}
MINIMIZED = ("MSE", "RMSE", "MAE")
MODELS = {
    "Regression": [
        ("linear", lambda: linear_model.Ridge()),
        ("forest", lambda: ensemble.RandomForestRegressor(100, random_state=0)),
        ("boosting", lambda: ensemble.GradientBoostingRegressor(random_state=0)),
    ],
    "Classification": [
        ("linear", lambda: linear_model.LogisticRegression(max_iter=1000)),
        ("forest", lambda: ensemble.RandomForestClassifier(100, random_state=0)),
        ("boosting", lambda: ensemble.GradientBoostingClassifier(random_state=0)),
    ],
}
INFERENCE = """\
import io, json, os
import joblib, pandas

COLUMNS = {columns}

def model_fn(model_dir):
    return joblib.load(os.path.join(model_dir, "model.joblib"))

def input_fn(body, content_type):
    if "json" in content_type:
        return pandas.DataFrame(json.loads(body), columns=COLUMNS)
    return pandas.read_csv(io.StringIO(body), header=None, names=COLUMNS)

def output_fn(prediction, accept):
    if "json" in accept:
        return json.dumps(prediction.tolist()), "application/json"
    return "\\n".join(str(value) for value in prediction.tolist()), "text/csv"
"""


def read(folder):
    return pandas.concat([pandas.read_csv(path) for path in sorted(pathlib.Path(folder).rglob("*")) if path.is_file()])


def infer_problem(target):
    """Numbers with many different values are regressed, everything else is classified."""
    if pandas.api.types.is_float_dtype(target) or (pandas.api.types.is_numeric_dtype(target) and target.nunique() > 50):
        return "Regression"
    return "BinaryClassification" if target.nunique() == 2 else "MulticlassClassification"


def main():
    spec = json.loads(pathlib.Path(sys.argv[1]).read_text())
    table = read(spec["train"])
    if spec["target"] not in table.columns:
        sys.exit(f"there is no column {spec['target']!r}; the columns are {', '.join(map(str, table.columns))}")
    problem = spec["problem"] or infer_problem(table[spec["target"]])
    metric = spec["metric"] or DEFAULT_METRIC[problem]
    if metric not in SCORES:
        sys.exit(f"the metric {metric} is not known here; known are {', '.join(SCORES)}")
    if spec["validation"]:
        train, test = table, read(spec["validation"])
    else:
        train, test = train_test_split(table, test_size=0.2, random_state=0)
    features = [column for column in table.columns if column != spec["target"]]
    numbers = [column for column in features if pandas.api.types.is_numeric_dtype(table[column])]
    texts = [column for column in features if column not in numbers]
    kind = "Regression" if problem == "Regression" else "Classification"
    candidates = []
    for name, make in MODELS[kind][: spec["candidates"]]:
        prepare = ColumnTransformer(
            [
                ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), numbers),
                (
                    "texts",
                    make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")),
                    texts,
                ),
            ]
        )
        model = make_pipeline(prepare, make()).fit(train[features], train[spec["target"]])
        value = float(SCORES[metric](test[spec["target"]], model.predict(test[features])))
        print(f"{name}: {metric}={value}", flush=True)
        folder = pathlib.Path(spec["output"]) / name
        (folder / "code").mkdir(parents=True)
        joblib.dump(model, folder / "model.joblib")
        (folder / "code" / "inference.py").write_text(INFERENCE.replace("{columns}", json.dumps(features)))
        candidates.append({"name": name, "value": value})
    result = {"problem": problem, "metric": metric, "minimize": metric in MINIMIZED, "candidates": candidates}
    (pathlib.Path(spec["output"]) / "result.json").write_text(json.dumps(result))


if __name__ == "__main__":
    main()
