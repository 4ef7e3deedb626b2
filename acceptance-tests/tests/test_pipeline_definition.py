"""Definitions that the SageMaker Python SDK wrote, written as attributes: the same documents come out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from acceptance.terraform import Terraform

Workspace = Callable[..., Terraform]

DEFINITIONS = {
    path.stem: json.loads(path.read_text())
    for path in (Path(__file__).parents[1] / "aws-local/tests/definitions").glob("*.json")
}
# Members whose keys are the user's, and types of steps that have attributes of their own.
MAPS = ("Environment", "HyperParameters", "StaticHyperParameters", "Metadata", "CollectionParameters")
TYPES = {
    "Processing": "processing",
    "Training": "training",
    "Tuning": "tuning",
    "Transform": "transform",
    "Model": "model",
    "RegisterModel": "register_model",
    "QualityCheck": "quality_check",
    "ClarifyCheck": "clarify_check",
    "Fail": "fail",
}
CHECK = ("CheckType", "ModelPackageGroupName", "SkipCheck", "FailOnViolation", "RegisterNewBaseline")
CHECK += ("SuppliedBaselineStatistics", "SuppliedBaselineConstraints")


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def call(function: str, *arguments: str) -> str:
    return f"provider::mlops::{function}({', '.join(arguments)})"


def quoted(text: str) -> str:
    return json.dumps(text).replace("${", "$${").replace("%{", "%%{")


def reference(value: dict[str, Any]) -> str | None:
    """The call that returns a function of a definition; None if the value is none."""
    match value:
        case {"Get": str(name)}:
            kind, _, rest = name.partition(".")
            if kind == "Steps":
                return call("step_property", *map(quoted, rest.split(".", 1)))
            return call({"Parameters": "parameter", "Execution": "execution_variable"}[kind], quoted(rest))
        case {"Std:Join": {"On": str(on), "Values": list(values)}}:
            return call("pipeline_join", quoted(on), hcl(values))
        case {"Std:JsonGet": {"PropertyFile": {"Get": str(file)}, "Path": str(path)}}:
            _, step, _, name = file.split(".")
            return call("json_get", quoted(step), quoted(name), quoted(path))
    return None


def hcl(value: Any, name: Callable[[str], str] = snake) -> str:
    """A value of a definition as attributes."""
    if isinstance(value, list):
        return f"[{', '.join(hcl(item, name) for item in value)}]"
    if not isinstance(value, dict):
        return quoted(value) if isinstance(value, str) else json.dumps(value)
    if found := reference(value):
        return found
    parts = [
        f"{quoted(name(key))} = {hcl(item, quoted_as_is if key in MAPS else name)}"
        for key, item in value.items()
        if item is not None
    ]
    return "{" + ", ".join(parts) + "}"


def quoted_as_is(key: str) -> str:
    return key


def steps(items: list[dict[str, Any]]) -> Iterator[str]:
    """All steps as attributes, those in branches after the condition that they are in."""
    for item in items:
        kind, arguments = item["Type"], item["Arguments"]
        own = {key: value for key, value in item.items() if key not in ("Type", "Arguments")}
        if kind == "Condition":
            branches = {key: [step["Name"] for step in arguments[key]] for key in ("IfSteps", "ElseSteps")}
            yield hcl({**own, "Condition": {"Conditions": arguments["Conditions"], **branches}})
            for branch in branches:
                yield from steps(arguments[branch])
        elif kind in TYPES:
            check = {key: own.pop(key) for key in CHECK if key in own}
            yield hcl({**own, TYPES[kind]: {**check, **arguments}})
        else:
            body = f"jsonencode({hcl(arguments, quoted_as_is)})"
            yield hcl({**own, "Type": kind})[:-1] + f", arguments_json = {body}}}"


def written(name: str, definition: dict[str, Any]) -> str:
    mlflow = "mlflow_config = {}" if "MlflowConfig" in definition else ""
    return f"""
    data "mlops_pipeline_definition" "{name}" {{
      parameters = {hcl(definition["Parameters"])}
      steps = [{", ".join(steps(definition["Steps"]))}]
      {mlflow}
    }}
    output "{name}" {{ value = data.mlops_pipeline_definition.{name}.json }}
    """


def exact(value: Any) -> str:
    """JSON that tells true from 1, and does not tell 2.0 from 2."""
    return json.dumps(
        json.loads(json.dumps(value), parse_float=lambda text: int(float(text)) if float(text).is_integer() else float(text)),
        sort_keys=True,
        indent=1,
    )


@pytest.mark.every_client
def test_each_definition_comes_out_as_the_sdk_wrote_it(workspace: Workspace) -> None:
    names = {f"d{i}": definition for i, definition in enumerate(DEFINITIONS.values())}
    terraform = workspace("".join(written(name, definition) for name, definition in names.items()))
    terraform.apply()
    outputs = terraform.outputs()
    for name, definition in names.items():
        assert exact(json.loads(outputs[name])) == exact(definition)
    assert len(names) == 5
    assert terraform.is_settled()
