"""Pipeline definitions: their parts, their references, and whether they are sound.

Source: the SageMaker pipeline definition JSON schema (aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-
definition-JSON-schema) and developer guide build-and-manage-steps. AWS's texts for most faults are not documented: those
here are this tool's own and say what is wrong where.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aws_local.services import AwsError, Services

from .pipeline_arguments import STEPS, check_property, check_step, fault, known

VERSION = "2020-12-01"
PARAMETER_TYPES = frozenset({"String", "Integer", "Float", "Boolean"})
COMPARISONS = frozenset({"Equals", "NotEquals", "GreaterThan", "GreaterThanOrEqualTo", "LessThan", "LessThanOrEqualTo"})
CONDITIONS: dict[str, tuple[set[str], ...]] = {
    **{kind: ({"LeftValue", "RightValue"},) for kind in COMPARISONS},
    "In": ({"QueryValue", "Values"}, {"Value", "In"}),
    "NotIn": ({"Value", "In"}, {"QueryValue", "Values"}),
    "Not": ({"Condition"},),
    "Or": ({"Conditions"},),
}
"""Condition type to its members; In has those of the SageMaker Python SDK or those of the JSON schema."""
EXECUTION_VARIABLES = frozenset(
    {
        "StartDateTime", "CurrentDateTime", "PipelineExecutionId", "PipelineExecutionArn", "PipelineName", "PipelineArn",
        "TrainingJobName", "ProcessingJobName",
    }
)  # fmt: skip
"""Source: developer guide, build-and-manage-properties and ExecutionVariables of the SageMaker Python SDK."""
NAME = re.compile(r"[A-Za-z0-9\-_]{1,64}")
"""Source: the definition's JSON schema, Step name."""


@dataclass(frozen=True)
class Step:
    """One step, with where it stands."""

    name: str
    type: str
    body: Mapping[str, Any]
    condition: str | None = None
    """The condition step in whose branch it is, if any."""
    branch: bool = True
    """Of that condition: True for IfSteps."""
    needs: frozenset[str] = field(default_factory=frozenset)
    """Steps that must have ended before it starts."""


def references(value: Any) -> Iterator[str]:
    """Every `Get` below a value."""
    if isinstance(value, Mapping):
        if set(value) == {"Get"} and isinstance(value["Get"], str):
            yield value["Get"]
            return
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def step_of(reference: str) -> str | None:
    """The step a reference reads, or None."""
    parts = reference.split(".", 2)
    return parts[1].split("[")[0] if parts[0] == "Steps" and len(parts) > 1 else None


def selected_steps(config: Mapping[str, Any] | None) -> set[str] | None:
    """The names that a SelectiveExecutionConfig selects; None without one."""
    return {each["StepName"] for each in config["SelectedSteps"]} if config else None


def check_selection(
    definition: Mapping[str, Any], config: Mapping[str, Any], source: list[Mapping[str, Any]] | None
) -> None:
    """Check what is selected against a definition and the steps of the execution whose results are used. Raises AwsError.

    Source: API reference, SelectiveExecutionConfig (conditions); text ours.
    """
    steps, selected = steps_of(definition), selected_steps(config) or set()
    done = {item["StepName"] for item in source or () if item["StepStatus"] == "Succeeded"}
    for name in sorted(selected):
        if name not in steps:
            raise AwsError("ValidationException", f"Selected step {name} does not exist in the pipeline definition.")
        left_out = sorted(other for other in _below(steps, name) - selected if _below(steps, other) & selected)
        if left_out:
            raise AwsError(
                "ValidationException",
                f"Step {left_out[0]} is on a path between two selected steps and must be selected, too.",
            )
        own = {key: item for key, item in steps[name].body["Arguments"].items() if key not in ("IfSteps", "ElseSteps")}
        read = {step for reference in references(own) if (step := step_of(reference))}
        for other in sorted(read - selected - done):
            raise AwsError(
                "ValidationException",
                f"Selected step {name} needs the output of step {other}: select it, or name a SourcePipelineExecutionArn in "
                "which it succeeded.",
            )


def _below(steps: Mapping[str, Step], name: str) -> set[str]:
    """The steps that a step needs, directly or not."""
    found: set[str] = set()
    todo = [name]
    while todo:
        todo += (new := set(steps[todo.pop()].needs) - found)
        found |= new
    return found


def steps_of(definition: Mapping[str, Any]) -> dict[str, Step]:
    """All steps by name, those in branches included, in order of the definition. Raises AwsError."""
    found: dict[str, Step] = {}

    def add(items: Any, where: str, condition: str | None, branch: bool) -> None:
        if not isinstance(items, list):
            raise fault(f"{where} must be a list")
        for index, item in enumerate(items):
            place = f"{where}[{index}]"
            if not isinstance(item, Mapping) or not isinstance(item.get("Name"), str):
                raise fault(f"{place} needs a Name")
            name, kind = item["Name"], item.get("Type")
            if not NAME.fullmatch(name):
                raise fault(f"{place}: the name {name!r} does not match [A-Za-z0-9-_]{{1,64}}")
            if kind not in STEPS:
                raise fault(f"step {name} has the unknown type {kind!r}")
            if name in found:
                raise fault(f"Step names must be unique: {name} occurs more than once")
            arguments = item.get("Arguments", {})
            own = dict(arguments) if isinstance(arguments, Mapping) else {}
            branches = {"IfSteps": own.pop("IfSteps", []), "ElseSteps": own.pop("ElseSteps", [])}
            needs = {step for reference in references(own) if (step := step_of(reference))}
            depends = item.get("DependsOn", [])
            if not isinstance(depends, list):
                raise fault(f"DependsOn of step {name} must be a list")
            needs |= set(depends)
            if condition:
                needs.add(condition)
            found[name] = Step(name, str(kind), item, condition, branch, frozenset(needs))
            if kind == "Condition":
                for key, inner in branches.items():
                    add(inner, f"{key} of step {name}", name, key == "IfSteps")

    add(definition.get("Steps"), "Steps", None, True)
    return found


def check(services: Services, definition: Mapping[str, Any]) -> None:
    """Check a parsed definition. Raises AwsError ValidationException."""
    if not isinstance(definition, Mapping):
        raise fault("it must be a JSON object")
    if definition.get("Version") != VERSION:
        raise fault(f"Version must be {VERSION!r}, not {definition.get('Version')!r}")
    known(definition, {"Version", "Metadata", "Parameters", "PipelineExperimentConfig", "Steps", "MlflowConfig"})
    parameters = _check_parameters(definition.get("Parameters", []))
    steps = steps_of(definition)
    if not steps:
        raise fault("Steps must not be empty")
    for step in steps.values():
        _check_step(step, steps, parameters)
    _check_cycles(steps)


def _check_parameters(items: Any) -> set[str]:
    if not isinstance(items, list):
        raise fault("Parameters must be a list")
    names: set[str] = set()
    for item in items:
        name, kind = item.get("Name"), item.get("Type")
        if not isinstance(name, str) or not name:
            raise fault("every parameter needs a Name")
        if kind not in PARAMETER_TYPES:
            raise fault(f"parameter {name} has the unknown type {kind!r}")
        if name in names:
            raise fault(f"Parameter names must be unique: {name} occurs more than once")
        default, allowed = item.get("DefaultValue"), item.get("EnumValues")
        python = {"String": str, "Integer": int, "Float": (int, float), "Boolean": bool}[kind]
        if default is not None and (
            not isinstance(default, python) or (isinstance(default, bool) != (kind == "Boolean"))
        ):
            raise fault(f"the default {default!r} of parameter {name} is not of type {kind}")
        if allowed and default is not None and default not in allowed:
            raise fault(f"the default {default!r} of parameter {name} is none of its EnumValues")
        names.add(name)
    return names


def _check_step(step: Step, steps: Mapping[str, Step], parameters: set[str]) -> None:
    arguments = step.body.get("Arguments")
    if not isinstance(arguments, Mapping):
        raise fault(f"step {step.name} needs Arguments")
    check_step(step.body)
    for reference in references({key: item for key, item in arguments.items() if not key.endswith("Steps")}):
        kind, _, rest = reference.partition(".")
        if kind == "Parameters" and rest in parameters:
            continue
        if kind == "Execution" and rest in EXECUTION_VARIABLES:
            continue
        if kind == "Steps" and (other := steps.get(step_of(reference) or "")):
            check_property(other.type, reference)
            continue
        raise fault(f"step {step.name} refers to {reference!r}, which does not exist")
    for name in step.needs:
        if name not in steps:
            raise fault(f"step {step.name} depends on {name!r}, which does not exist")
        if name == step.name:
            raise fault(f"step {step.name} depends on itself")
    if step.type == "Condition":
        conditions = arguments.get("Conditions")
        if not isinstance(conditions, list) or not conditions:
            raise fault(f"step {step.name} needs Conditions")
        for condition in conditions:
            _check_condition(step.name, condition)
    if step.type == "Fail" and "ErrorMessage" not in arguments:
        raise fault(f"step {step.name} needs an ErrorMessage")


def _check_condition(step: str, condition: Any) -> None:
    kind = condition.get("Type") if isinstance(condition, Mapping) else None
    if kind not in CONDITIONS:
        raise fault(f"step {step} has a condition of the unknown type {kind!r}")
    known(condition, {"Type"}.union(*CONDITIONS[kind]))
    if not any(set(condition) - {"Type"} == form for form in CONDITIONS[kind]):
        raise fault(f"the condition {kind} of step {step} needs {' and '.join(sorted(CONDITIONS[kind][0]))}")
    for inner in [condition["Condition"]] if kind == "Not" else condition["Conditions"] if kind == "Or" else []:
        _check_condition(step, inner)


def _check_cycles(steps: Mapping[str, Step]) -> None:
    done: set[str] = set()
    path: list[str] = []

    def visit(name: str) -> None:
        if name in path:
            circle = " -> ".join([*path[path.index(name) :], name])
            raise fault(f"Cycle detected in pipeline step graph: {circle}")
        if name in done:
            return
        path.append(name)
        for other in sorted(steps[name].needs):
            visit(other)
        path.pop()
        done.add(name)

    for name in steps:
        visit(name)
