"""Bias and explainability: the metrics by hand, monitors over captured calls, baselines by processing jobs."""

from __future__ import annotations

import datetime
import itertools
import json
import math
import random
from typing import Any

import pytest

from aws_local.runtime.analyzer import attribution, bias
from aws_local.services import Runtime

from .fakes import IMAGE, ROLE, FakeServices
from .test_monitoring import CLUSTER, capture, executions, reports, schedule, to_csv

CLARIFY = "205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0"
BIAS_SPACE = "aws/sagemaker/Endpoints/bias-metrics"
EXPLAINABILITY_SPACE = "aws/sagemaker/Endpoints/explainability-metrics"
LINEAR = """
def model_fn(d): return [3.0, -1.0, 0.0]
def transform_fn(weights, body, kind, accept):
    rows = [[float(x) for x in line.split(",")] for line in body.strip().splitlines()]
    return "[" + ",".join(str(sum(w * x for w, x in zip(weights, row))) for row in rows) + "]", "application/json"
"""

# Advantaged: 6 records, disadvantaged: 4. Columns: facet, label, prediction.
RECORDS = [
    (0, 1, 1), (0, 1, 1), (0, 1, 0), (0, 0, 1), (0, 0, 0), (0, 0, 0),
    (1, 1, 1), (1, 1, 0), (1, 0, 0), (1, 0, 0),
]  # fmt: skip
# Each worked out from its definition with the confusion matrices a = (2 TP, 1 FP, 1 FN, 2 TN), d = (1, 0, 1, 2).
BY_HAND = {
    "AD": 4 / 6 - 3 / 4,
    "CDDPL": 0.5 * (3 / 6 - 1 / 4) * 2,
    "DAR": 2 / 3 - 1,
    "DCA": 3 / 3 - 2 / 1,
    "DCR": 2 / 3 - 3 / 3,
    "DI": (1 / 4) / (3 / 6),
    "DPPL": 3 / 6 - 1 / 4,
    "DRR": 2 / 3 - 2 / 3,
    "FT": None,
    "GE": sum((b / 0.9) ** 2 - 1 for b in [1, 1, 0, 2, 1, 1, 1, 0, 1, 1]) / 20,
    "RD": 2 / 3 - 1 / 2,
    "SD": 2 / 2 - 2 / 3,
    "TE": math.inf,
    "CDDL": 2 / 5 - 2 / 5,
    "CI": (6 - 4) / 10,
    "DPL": 3 / 6 - 2 / 4,
    "JS": 0,
    "KL": 0,
    "KS": 0,
    "LP": 0,
    "TVD": 0,
}


def sample(**changes: Any) -> bias.Sample:
    facet, label, predicted = ([bool(item) for item in column] for column in zip(*RECORDS, strict=True))
    members: dict[str, Any] = {
        "facet": facet, "label": label, "labels": [str(int(item)) for item in label], "predicted": predicted,
        "group": ["one"] * len(RECORDS), "numbers": None,
    }  # fmt: skip
    return bias.Sample(**{**members, **changes})


def test_every_bias_metric_by_hand() -> None:
    found = bias.report(sample(), bias.POST_TRAINING, "all") + bias.report(sample(), bias.PRE_TRAINING, "all")
    values = {item["name"]: item["value"] for item in found}
    assert values == {name: None if value is None else pytest.approx(value) for name, value in BY_HAND.items()}
    flip = next(item for item in found if item["name"] == "FT")
    assert flip["error"] == "FlipTest does not support non-numeric columns"


def test_divergences_of_different_labels() -> None:
    # Of the advantaged 3 of 4 have the label, of the disadvantaged 1 of 4.
    chosen = sample(facet=[False] * 4 + [True] * 4, label=[True] * 3 + [False] * 4 + [True], labels=list("11100001"))
    values = {item["name"]: item["value"] for item in bias.report(chosen, bias.PRE_TRAINING, "all")}
    assert values["KL"] == pytest.approx(0.75 * math.log(3) + 0.25 * math.log(1 / 3))
    assert values["JS"] == pytest.approx(0.75 * math.log(1.5) + 0.25 * math.log(0.5))
    assert values["LP"] == pytest.approx(math.sqrt(0.5)) and values["TVD"] == values["KS"] == pytest.approx(0.5)


def test_flips() -> None:
    # With the nearest of the others both of the group would be positive; one of them is not.
    numbers = [[0.0], [1.0], [10.0], [0.1], [1.1]]
    chosen = sample(
        facet=[False] * 3 + [True] * 2, predicted=[True, True, False, True, False], numbers=numbers, group=None
    )
    (flip,) = bias.report(chosen, bias.POST_TRAINING, ["FT"])
    assert flip["value"] == -0.5
    (conditional,) = bias.report(chosen, bias.POST_TRAINING, ["CDDPL"])
    assert conditional["value"] is None and "Group variable" in conditional["error"]


@pytest.mark.parametrize(
    ("values", "wanted", "expected", "text"),
    [
        (["1", "0", "1.0"], [1], [True, False, True], "1"),
        (["red", "blue", "green"], ["red", "green"], [True, False, True], "red,green"),
        (["30", "40", "41", "50"], [40], [False, False, True, True], "(40, 50]"),
        (["0.2", "0.5", "0.9"], [0.5], [False, False, True], "(0.5, 0.9]"),
    ],
)
def test_groups(values: list[str], wanted: list[Any], expected: list[bool], text: str) -> None:
    assert bias.members(values, wanted) == (expected, text)


def test_further_from_no_bias_is_a_violation() -> None:
    def analysis(**values: float) -> dict[str, Any]:
        metrics = [{"name": name, "value": value} for name, value in values.items()]
        facets = {"age": [{"value_or_threshold": "40", "metrics": metrics}]}
        return {"post_training_bias_metrics": {"facets": facets}}

    baseline = analysis(DPPL=0.2, DI=0.8, AD=0.1)
    assert bias.compare(analysis(DPPL=0.1, DI=1.1, AD=-0.1), baseline) == []
    assert bias.compare(analysis(DPPL=-0.3, DI=0.7, AD=0.0), baseline) == [
        {
            "facet": "age", "facet_value": "40", "metric_name": name, "constraint_check_type": "bias_drift_check",
            "description": f"Value {value} does not meet the constraint requirement",
        }
        for name, value in (("DPPL", -0.3), ("DI", 0.7))
    ]  # fmt: skip


def test_shapley_values_are_exact_for_few_features_and_add_up_for_many() -> None:
    def product(rows: list[list[str]]) -> list[list[float]]:
        return [[float(a) * float(b) + float(c)] for a, b, c in rows]

    # Of x*y both get half, of +z it gets all.
    (values,) = attribution.explain(product, ["2", "3", "5"], ["0", "0", "0"], 10, random.Random(0))
    assert values == pytest.approx([3, 3, 5])

    def mixed(rows: list[list[str]]) -> list[list[float]]:
        return [[math.prod(float(item) for item in row), max(map(float, row))] for row in rows]

    row, absent = [str(item) for item in range(1, 13)], ["1"] * 12
    both = attribution.explain(mixed, row, absent, 3, random.Random(0))
    outputs, base = mixed([row])[0], mixed([absent])[0]
    assert [sum(values) for values in both] == pytest.approx([out - start for out, start in zip(outputs, base)])  # noqa: B905


def test_order_of_attributions() -> None:
    before = {"sat": 0.7, "gpa": 0.5, "rank": 0.05}
    assert attribution.ndcg(before, before) == 1
    # The example of the developer guide: the order has reversed.
    now = {"sat": 0.1, "gpa": 0.2, "rank": 0.7}
    expected = (0.05 + 0.5 / math.log2(3) + 0.7 / 2) / (0.7 + 0.5 / math.log2(3) + 0.05 / 2)
    assert attribution.ndcg(before, now) == pytest.approx(expected)


# -- monitors ----------------------------------------------------------------------------------------------------------


def people(count: int, unfair: bool) -> list[list[Any]]:
    """Answer, age, income: an unfair model refuses everybody above 40."""
    ages = itertools.islice(itertools.cycle(range(20, 60)), count)
    return [[int(income > 5 and not (unfair and age > 40)), age, income] for income, age in
            zip(itertools.cycle(range(11)), ages)]  # fmt: skip


def put_json(services: FakeServices, uri: str, content: Any) -> None:
    services.objects[uri] = json.dumps(content).encode()


def define(services: FakeServices, kind: str, **baseline: Any) -> None:
    body: dict[str, Any] = {
        f"{kind}AppSpecification": {"ImageUri": CLARIFY, "ConfigUri": "s3://data/config/analysis_config.json"},
        f"{kind}BaselineConfig": baseline,
        f"{kind}JobInput": {
            "EndpointInput": {
                "EndpointName": "digits", "LocalPath": "/opt/ml/processing/input/endpoint", "InferenceAttribute": "0",
            },
        },
        f"{kind}JobOutputConfig": {
            "MonitoringOutputs": [
                {"S3Output": {"S3Uri": "s3://data/reports", "LocalPath": "/opt/ml/processing/output"}}
            ]
        },
        "JobResources": CLUSTER,
        "RoleArn": ROLE,
    }  # fmt: skip
    if kind == "ModelBias":
        body["ModelBiasJobInput"]["GroundTruthS3Input"] = {"S3Uri": "s3://data/truth"}
    services.add(f"{kind}JobDefinition", "definition", body)


def processing(services: FakeServices, name: str, data: str, config: dict[str, Any]) -> dict[str, Any]:
    """Run a Clarify processing job, as the SageMaker SDK does for baselines; returns its analysis."""
    services.objects["s3://data/baseline.csv"] = data.encode()
    put_json(services, "s3://data/baseline-config/analysis_config.json", config)
    folders = {"analysis_config": "s3://data/baseline-config/analysis_config.json", "dataset": "s3://data/baseline.csv"}
    places = {"analysis_config": "config", "dataset": "data"}
    services.handlers["CreateProcessingJob"](
        {
            "ProcessingJobName": name,
            "RoleArn": ROLE,
            "AppSpecification": {"ImageUri": CLARIFY},
            "ProcessingInputs": [
                {
                    "InputName": key,
                    "S3Input": {
                        "S3Uri": uri,
                        "LocalPath": f"/opt/ml/processing/input/{places[key]}",
                        "S3DataType": "S3Prefix",
                    },
                }
                for key, uri in folders.items()
            ],
            "ProcessingOutputConfig": {
                "Outputs": [
                    {
                        "OutputName": "analysis_result",
                        "S3Output": {
                            "S3Uri": f"s3://data/{name}",
                            "LocalPath": "/opt/ml/processing/output",
                            "S3UploadMode": "EndOfJob",
                        },
                    }
                ]
            },
            "ProcessingResources": CLUSTER,
        }
    )
    services.find("ProcessingJob", name).wait("Completed")
    return dict(json.loads(services.objects[f"s3://data/{name}/analysis.json"]))


@pytest.mark.parametrize("unfair", [False, True])
def test_bias_monitor(services: FakeServices, runtime: Runtime, unfair: bool) -> None:
    services.wire(runtime)
    now = services.clock.now()
    capture(services, people(400, unfair), now)
    truth = [
        {"groundTruthData": {"data": str(row[0]), "encoding": "CSV"}, "eventMetadata": {"eventId": f"e{index}"}}
        for index, row in enumerate(people(400, unfair=False))
    ]
    hour = f"{datetime.datetime.fromtimestamp(now, datetime.UTC):%Y/%m/%d/%H}"
    services.objects[f"s3://data/truth/{hour}/t.jsonl"] = "\n".join(map(json.dumps, truth)).encode()
    config = {
        "headers": ["approved", "age", "income"],
        "label": "approved",
        "label_values_or_threshold": [1],
        "facet": [{"name_or_index": "age", "value_or_threshold": [40]}],
    }
    put_json(services, "s3://data/config/analysis_config.json", config)
    metrics = [{"name": name, "value": value} for name, value in (("DPPL", 0.1), ("DI", 0.9), ("AD", 0.05))]
    facets = {"age": [{"value_or_threshold": "40", "metrics": metrics}]}
    put_json(services, "s3://data/limits.json", {"version": "1.0", "post_training_bias_metrics": {"facets": facets}})
    define(services, "ModelBias", ConstraintsResource={"S3Uri": "s3://data/limits.json"})

    (execution,) = executions(schedule(services, runtime, "NOW", "ModelBias"))
    found = reports(services)
    expected = "CompletedWithViolations" if unfair else "Completed"
    assert execution["MonitoringExecutionStatus"] == expected, (execution, dict(services.logs))
    (entry,) = found["analysis.json"]["post_training_bias_metrics"]["facets"]["age"]
    values = {item["name"]: item["value"] for item in entry["metrics"]}
    violated = {item["metric_name"] for item in found["constraint_violations.json"]["violations"]}
    rows = people(400, unfair)
    share = {old: sum(row[0] for row in rows if (row[1] > 40) == old) / sum((row[1] > 40) == old for row in rows)
             for old in (True, False)}  # fmt: skip
    assert values["DPPL"] == pytest.approx(share[False] - share[True])
    assert violated == ({"DPPL", "DI", "AD"} if unfair else set())
    if unfair:
        assert (values["DI"], values["RD"]) == (0, 1)
    published = {item["MetricName"]: item for item in services.metrics[BIAS_SPACE] if item["Dimensions"][2]["Value"]}
    assert published["bias_metric_DPPL"]["Value"] == values["DPPL"]
    assert {item["Name"]: item["Value"] for item in published["bias_metric_DPPL"]["Dimensions"]} == {
        "Endpoint": "digits", "MonitoringSchedule": "watch", "BiasStage": "Post-Training",
        "Label": "approved", "LabelValue": "1", "Facet": "age", "FacetValue": "40",
    }  # fmt: skip


def add_linear_model(services: FakeServices, sources: Any) -> None:
    uri = sources("s3://data/linear.tar.gz", inference=LINEAR)
    variables = {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_SUBMIT_DIRECTORY": uri}
    services.add("Model", "linear", {"PrimaryContainer": {"Image": IMAGE, "Environment": variables}})


def shap_config(**more: Any) -> dict[str, Any]:
    return {
        "headers": ["x", "y", "z"],
        "methods": {"shap": {"baseline": [[0, 0, 0]], "num_samples": 100, "agg_method": "mean_abs"}},
        "predictor": {"model_name": "linear", "accept_type": "application/json"},
        **more,
    }


@pytest.mark.parametrize("drifted", [False, True])
def test_explainability_monitor_against_its_baseline(
    services: FakeServices, runtime: Runtime, sources: Any, drifted: bool
) -> None:
    services.wire(runtime)
    add_linear_model(services, sources)
    usual = [[2, 1, 5], [4, 1, 5]]
    analysis = processing(services, "baseline", to_csv(usual), shap_config())
    explained = analysis["explanations"]["kernel_shap"]["label0"]
    # A linear model's Shapley values are weight times distance from the absent record.
    assert explained["global_shap_values"] == pytest.approx({"x": 9, "y": 1, "z": 0})
    assert explained["expected_value"] == 0

    capture(services, [[0, *row] for row in ([[0.1, 9, 5]] * 3 if drifted else usual)], services.clock.now())
    # Without `predictor` the model of the watched endpoint is asked.
    put_json(services, "s3://data/config/analysis_config.json", shap_config(predictor={}))
    services.handlers["DescribeEndpoint"] = lambda _: {
        "EndpointConfigName": "config",
        "DataCaptureConfig": {"DestinationS3Uri": "s3://data/capture"},
        "ProductionVariants": [{"VariantName": "main"}],
    }
    services.add("EndpointConfig", "config", {"ProductionVariants": [{"VariantName": "main", "ModelName": "linear"}]})
    define(services, "ModelExplainability", BaseliningJobName="baseline")
    (execution,) = executions(schedule(services, runtime, "NOW", "ModelExplainability"))
    expected = "CompletedWithViolations" if drifted else "Completed"
    assert execution["MonitoringExecutionStatus"] == expected, (execution, dict(services.logs))
    violations = reports(services)["constraint_violations.json"]["violations"]
    assert [(item["label"], item["constraint_check_type"]) for item in violations] == (
        [("label0", "feature_attribution_drift_check")] if drifted else []
    )
    published = {item["MetricName"]: item for item in services.metrics[EXPLAINABILITY_SPACE]}
    assert set(published) == {"feature_x", "feature_y", "feature_z", "ExpectedValue"}
    assert published["feature_y"]["Value"] == pytest.approx(9 if drifted else 1)
    assert {"Name": "ValueType", "Value": "ExpectedValue"} in published["ExpectedValue"]["Dimensions"]
    assert {"Name": "ExplainabilityMethod", "Value": "KernelShap"} in published["feature_x"]["Dimensions"]


def test_bias_of_a_dataset_with_predictions_of_a_model(services: FakeServices, runtime: Runtime, sources: Any) -> None:
    services.wire(runtime)
    add_linear_model(services, sources)
    config = {
        "headers": ["approved", "x", "y", "z"],
        "label": "approved",
        "label_values_or_threshold": [1],
        "facet": [{"name_or_index": "z", "value_or_threshold": [1]}],
        "methods": {"post_training_bias": {"methods": ["DPPL", "DI"]}},
        "predictor": {"model_name": "linear", "probability": None},
        "probability_threshold": 2,
    }
    # 3x - y > 2 is positive.
    rows = [[1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 0, 1], [0, 0, 0, 1]]
    (entry,) = processing(services, "bias", to_csv(rows), config)["post_training_bias_metrics"]["facets"]["z"]
    assert {item["name"]: item["value"] for item in entry["metrics"]} == {"DPPL": 0.5, "DI": 0.5}


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({"headers": ["a"], "methods": {"pdp": {}}}, "asks for no method this local AWS has"),
        (shap_config(headers=["x", "y", "z"], predictor={}), "give predictor.model_name"),
        (shap_config(predictor={"model_name": "absent"}), "Model absent does not exist"),
        ({"label": "nobody", "facet": [{"name_or_index": "a"}]}, "nobody"),
    ],
)
def test_bad_configurations(services: FakeServices, runtime: Runtime, config: dict[str, Any], reason: str) -> None:
    services.wire(runtime)
    with pytest.raises(AssertionError, match="is Failed"):
        processing(services, "bad", "1,2,3\n4,5,6\n", config)
    assert reason in services.find("ProcessingJob", "bad").output["FailureReason"]
