"""The steps QualityCheck and ClarifyCheck: a baseline is computed, compared with an earlier one, and may stop the pipeline.

Sources: developer guide, build-and-manage-steps (step-type-quality-check, step-type-clarify-check) and
pipelines-quality-clarify-baseline-lifecycle; service model QualityCheckStepMetadata, ClarifyCheckStepMetadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_local.services import AwsError, Services

from . import inputs
from .pipeline_values import ValueFault

FILES = {
    "QualityCheck": {"Constraints": "constraints.json", "Statistics": "statistics.json"},
    "ClarifyCheck": {"Constraints": "analysis.json"},
}
"""Step type to what a check calculates and the file of its output that holds it."""
REGISTERED = {
    "DATA_QUALITY": ("ModelDataQuality", "Constraints", "Statistics"),
    "MODEL_QUALITY": ("ModelQuality", "Constraints", "Statistics"),
    "DATA_BIAS": ("Bias", "PreTrainingConstraints", ""),
    "MODEL_BIAS": ("Bias", "PostTrainingConstraints", ""),
    "MODEL_EXPLAINABILITY": ("Explainability", "Constraints", ""),
}
"""CheckType to the members of DriftCheckBaselines that hold its earlier baseline (service model)."""
BASELINE = "/opt/ml/processing/baseline"
VIOLATIONS = "constraint_violations.json"


def prepare(
    services: Services, kind: str, options: Mapping[str, Any], arguments: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The processing job of a check, and the step's metadata without the job. Raises AwsError, ValueFault.

    `options` are the members of the step beside its arguments.
    """
    outputs = arguments.get("ProcessingOutputConfig", {}).get("Outputs") or []
    check, skip = options.get("CheckType"), bool(options.get("SkipCheck", False))
    if not outputs or check not in REGISTERED:
        raise ValueFault(f"a {kind} step needs an output and a CheckType of {', '.join(REGISTERED)}")
    uri = outputs[0]["S3Output"]["S3Uri"]
    calculated = {name: inputs.join_uri(uri, file) for name, file in FILES[kind].items()}
    earlier = _earlier(services, kind, options)
    metadata: dict[str, Any] = {
        "CheckType": check,
        "SkipCheck": skip,
        "RegisterNewBaseline": bool(options.get("RegisterNewBaseline", False)),
        **({"ModelPackageGroupName": options["ModelPackageGroupName"]} if "ModelPackageGroupName" in options else {}),
    }
    for name, place in calculated.items():
        metadata[f"CalculatedBaseline{name}"] = place
        # A new baseline is what later monitoring is to use; else it stays with the one of before.
        used = place if metadata["RegisterNewBaseline"] else earlier.get(name)
        if used:
            metadata[f"BaselineUsedForDriftCheck{name}"] = used
    request = dict(arguments)
    if not skip and "Constraints" in earlier:
        metadata["ViolationReport"] = inputs.join_uri(uri, VIOLATIONS)
        request["ProcessingInputs"] = [*request.get("ProcessingInputs", []), *map(_input, earlier.items())]
        paths = {
            f"baseline_{name.lower()}": f"{BASELINE}/{name.lower()}/{place.rsplit('/', 1)[-1]}"
            for name, place in earlier.items()
        }
        request["Environment"] = {**request.get("Environment", {}), **paths}
    return request, metadata


def _input(item: tuple[str, str]) -> dict[str, Any]:
    name, uri = item
    source = {"S3Uri": uri, "LocalPath": f"{BASELINE}/{name.lower()}", "S3DataType": "S3Prefix", "S3InputMode": "File"}
    return {"InputName": f"baseline_{name.lower()}", "S3Input": source}


def _earlier(services: Services, kind: str, options: Mapping[str, Any]) -> dict[str, str]:
    """The baseline to compare with: the one supplied, else that of the group's latest approved model package."""
    supplied = {name: options.get(f"SuppliedBaseline{name}") for name in FILES[kind]}
    if any(supplied.values()):
        return {name: str(uri) for name, uri in supplied.items() if uri}
    group = options.get("ModelPackageGroupName")
    if not group:
        return {}
    wanted = {"ModelPackageGroupName": group, "ModelApprovalStatus": "Approved", "SortOrder": "Descending"}
    try:
        found = services.call("sagemaker", "ListModelPackages", wanted)["ModelPackageSummaryList"]
    except AwsError as error:
        if "does not exist" in error.message:
            return {}
        raise
    if not found:
        return {}
    package = services.call("sagemaker", "DescribeModelPackage", {"ModelPackageName": found[0]["ModelPackageArn"]})
    section, *members = REGISTERED[str(options["CheckType"])]
    held = package.get("DriftCheckBaselines", {}).get(section, {})
    return {
        name: held[member]["S3Uri"]
        for name, member in zip(("Constraints", "Statistics"), members, strict=True)
        if member in held and name in FILES[kind]
    }


def failure(metadata: Mapping[str, Any], options: Mapping[str, Any], message: str) -> str | None:
    """Why a check whose job completed fails its step: it found violations and is to fail on them. The text is ours."""
    if not message.startswith("CompletedWithViolations") or options.get("FailOnViolation") is False:
        return None
    return f"ClientError: the {metadata['CheckType']} check found violations, see {metadata['ViolationReport']}"
