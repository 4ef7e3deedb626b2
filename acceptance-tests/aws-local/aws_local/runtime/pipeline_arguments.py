"""What the parts of a pipeline definition may hold: members of steps, arguments as the request that they become, properties.

AWS checks this when a pipeline is created or updated. Its texts are quoted in github.com/aws/sagemaker-python-sdk issues
2345, 2746, 3908, 4994 and pull request 3472. Names, lengths and required members it checks only when the step runs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from aws_local import model
from aws_local.services import AwsError

from .pipeline_jobs import JOB_TYPES

_COMMON = frozenset({"Name", "Type", "Arguments", "DependsOn", "DisplayName", "Description"})
_RUN = frozenset({"CacheConfig", "RetryPolicies"})
_CHECK = _RUN | {
    "CheckType", "ModelPackageGroupName", "SkipCheck", "FailOnViolation", "RegisterNewBaseline", "SuppliedBaselineConstraints",
}  # fmt: skip
STEPS: dict[str, frozenset[str] | None] = {
    "Processing": _RUN | {"PropertyFiles"},
    "Training": _RUN,
    "Tuning": _RUN,
    "AutoML": _RUN,
    "Transform": _RUN,
    "Model": frozenset({"RetryPolicies"}),
    "RegisterModel": frozenset({"RetryPolicies"}),
    "Condition": frozenset(),
    "Fail": frozenset(),
    "Lambda": frozenset({"CacheConfig", "FunctionArn", "OutputParameters"}),
    "Callback": frozenset({"CacheConfig", "SqsQueueUrl", "OutputParameters"}),
    "EMR": _RUN,
    "EMRServerless": _RUN,
    "QualityCheck": _CHECK | {"SuppliedBaselineStatistics"},
    "ClarifyCheck": _CHECK | {"ModelName"},
    "EndpointConfig": None,
    "Endpoint": None,
    "InferenceComponent": None,
    "Lineage": None,
    "Job": None,
    "Cleanup": None,
    "ForEach": None,
}
"""Step type to the members that it has beside the common ones; None: its definition is not published.

Source: the definition's JSON schema, steps.py (StepTypeEnum) and the step classes of the SageMaker Python SDK 2.257 and 3.27.
"""
REFUSED = {"RegisterModel": {"ModelPackageName", "AdditionalModelDataSources"}, "Model": {"AdditionalModelDataSources"}}
"""Members of the request that a step of the type may not have (pull request 3472, issue 4994), at any depth."""
_EXPRESSIONS = frozenset({"Get", "Std:Join", "Std:JsonGet"})

_EXCEPTIONS = frozenset(
    {
        "Step.SERVICE_FAULT", "Step.THROTTLING", "SageMaker.JOB_INTERNAL_ERROR", "SageMaker.CAPACITY_ERROR",
        "SageMaker.RESOURCE_LIMIT", "Emr.RESOURCE_LIMIT",
    }
)  # fmt: skip
_DURATION = re.compile(r"P?(?:(\d+)d)?(?:T(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?)?", re.ASCII | re.IGNORECASE)
_PATH = re.compile(r"\.?([A-Za-z_]\w*)|\[(\d+)\]|\[['\"]([^'\"]*)['\"]\]")
_CHECK_PROPERTIES = frozenset(
    {
        "CalculatedBaselineConstraints", "CalculatedBaselineStatistics", "BaselineUsedForDriftCheckConstraints",
        "BaselineUsedForDriftCheckStatistics",
    }
)  # fmt: skip
PROPERTIES = {
    "Condition": frozenset({"Outcome"}),
    "Fail": frozenset[str](),
    "Lambda": frozenset({"OutputParameters"}),
    "Callback": frozenset({"OutputParameters"}),
    "Processing": frozenset({"PropertyFiles"}),
    "Tuning": frozenset({"TrainingJobSummaries"}),
    "AutoML": frozenset({"BestCandidateProperties"}),
    "QualityCheck": _CHECK_PROPERTIES,
    "ClarifyCheck": _CHECK_PROPERTIES,
}
"""Step type to the properties that it has beside what Describe answers of its job.

Source: properties.py and the step classes of the SageMaker Python SDK; developer guide, build-and-manage-properties.
"""


def fault(text: str) -> AwsError:
    """The refusal of a definition.

    Source: the definition's JSON schema (conditions); text ours.
    """
    return AwsError("ValidationException", f"Unable to parse pipeline definition. {text}")


def known(members: Mapping[str, Any], allowed: frozenset[str] | set[str]) -> None:
    """Refuse members that an object of the definition does not have (issue 2746). Raises AwsError."""
    for member in members:
        if member not in allowed:
            raise fault(f"Cannot parse object, unknown property '{member}'.")


def duration(text: str) -> float:
    """Seconds of a duration such as `P30d`, `30d` or `PT12H` (developer guide, pipelines-caching). Raises AwsError."""
    match = _DURATION.fullmatch(text)
    if not match or not any(match.groups()):
        raise fault(f"ExpireAfter {text!r} is no ISO 8601 duration")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60.0 + seconds


def check_step(body: Mapping[str, Any]) -> None:
    """Members, caching, retry policies and arguments of one step, without the steps in its branches. Raises AwsError."""
    kind = body["Type"]
    extra = STEPS[kind]
    if extra is not None:
        known(body, _COMMON | extra)
    cache = body.get("CacheConfig") or {}
    known(cache, {"Enabled", "ExpireAfter"})
    if "ExpireAfter" in cache:
        duration(str(cache["ExpireAfter"]))
    for policy in body.get("RetryPolicies") or ():
        _check_policy(body["Name"], policy)
    if kind == "Condition":
        known(body["Arguments"], {"Conditions", "IfSteps", "ElseSteps"})
    elif kind in JOB_TYPES:
        request = model.operation_model("sagemaker", f"Create{JOB_TYPES[kind].kind}").input_shape
        _check_argument(body["Arguments"], request, REFUSED.get(kind, set()))


def exceptions(policy: Mapping[str, Any]) -> list[str]:
    """The exceptions of a retry policy: a list, or one text (the JSON schema knows only the latter)."""
    found = policy.get("ExceptionType")
    return [found] if isinstance(found, str) else list(found or ())


def _check_policy(step: str, policy: Mapping[str, Any]) -> None:
    """Source: developer guide, pipelines-retry-policy (conditions); text ours."""
    known(policy, {"ExceptionType", "IntervalSeconds", "BackoffRate", "MaxAttempts", "ExpireAfterMin"})
    unknown = [each for each in exceptions(policy) if each not in _EXCEPTIONS]
    if unknown or not exceptions(policy):
        raise fault(f"a retry policy of step {step} has the unknown ExceptionType {', '.join(unknown) or None}")
    if "MaxAttempts" in policy and "ExpireAfterMin" in policy:
        raise fault(f"a retry policy of step {step} has both MaxAttempts and ExpireAfterMin")
    for member, most in (("IntervalSeconds", 43200), ("MaxAttempts", 20), ("ExpireAfterMin", 14400)):
        if not 0 <= policy.get(member, 0) <= most:
            raise fault(f"{member} of a retry policy of step {step} is not between 0 and {most}")


def _is_expression(value: Any) -> bool:
    return isinstance(value, Mapping) and len(value) == 1 and set(value) <= _EXPRESSIONS


def _check_argument(value: Any, shape: Any, refused: set[str]) -> None:
    kind = shape.type_name
    if value is None:
        return
    if kind == "list":
        if not isinstance(value, list):
            raise fault("Expecting start of Json Array.")
        for item in value:
            _check_argument(item, shape.member, refused)
    elif kind == "map" and _is_expression(value):
        return
    elif kind in ("structure", "map"):
        if not isinstance(value, Mapping):
            raise fault("Expecting start of Json Object.")
        for name, item in value.items():
            inner = shape.value if kind == "map" else shape.members.get(name)
            if inner is None or (kind == "structure" and name in refused):
                raise fault(f"Unknown Argument member '{name}'.")
            _check_argument(item, inner, refused)
    elif isinstance(value, list) or (isinstance(value, Mapping) and not _is_expression(value)):
        raise fault(f"a value is expected where {type(value).__name__} was found")
    elif kind in _SCALARS and not _is_expression(value) and not _SCALARS[kind].fullmatch(str(value)):
        raise fault(f"a value of the type {kind} is expected where {value!r} was found")
    elif isinstance(value, str) and (enum := getattr(shape, "enum", None)) and value not in enum:
        # The text is quoted in public pipeline code, of FastFile for ProcessingS3InputMode.
        raise fault(
            f"Model Validation failed: Value '{value}' for '{shape.name}' failed to satisfy enum value set: [{', '.join(enum)}]"
        )


_INTEGER, _FLOAT = re.compile(r"[+-]?\d+"), re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_SCALARS = {
    "boolean": re.compile("true|false", re.IGNORECASE),
    **dict.fromkeys(("integer", "long"), _INTEGER),
    **dict.fromkeys(("float", "double"), _FLOAT),
}
"""Types to their texts: a running pipeline makes values of texts, so that these are no fault."""


def check_property(kind: str, reference: str) -> None:
    """Refuse a reference `Steps.X.A.B[0].C['name']` to something that a step of the type never has. Raises AwsError."""
    path = reference.split(".", 2)[2] if reference.count(".") > 1 else ""
    first = re.split(r"[.\[]", path, maxsplit=1)[0]
    if not path or first in PROPERTIES.get(kind, ()):
        return
    job = JOB_TYPES.get(kind)
    if job is None and kind not in PROPERTIES:
        return
    if job is None or not _has(model.operation_model("sagemaker", f"Describe{job.kind}").output_shape, path):
        raise fault(f"{reference!r} is no property of a {kind} step")


def _has(shape: Any, path: str) -> bool:
    position = 0
    while position < len(path):
        match = _PATH.match(path, position)
        if match is None:
            return False
        position = match.end()
        if match[1] is not None:
            shape = shape.members.get(match[1]) if shape.type_name == "structure" else None
        elif shape.type_name == "map" and match[3] is not None:
            shape = shape.value
        else:
            # A name in brackets also picks from a list of things that have names.
            shape = shape.member if shape.type_name == "list" else None
        if shape is None:
            return False
    return True
