"""Inference components."""

from __future__ import annotations

from typing import Any

from ...services import AwsError
from ..kind import Kind, Refusal, Step
from .serving import CREATING, DELETING, UPDATING, existing, missing, resolved

_TPA = "terraform-provider-aws, inference_component.go and its tests, run against AWS"


def _before_component(engine: Any, region: str, request: dict[str, Any]) -> None:
    endpoint = engine.locate("Endpoint", region, {"EndpointName": request["EndpointName"]})
    specifications = _specifications(request)
    base = next(
        (each["BaseInferenceComponentName"] for each in specifications if each.get("BaseInferenceComponentName")), None
    )
    if base:
        engine.locate("InferenceComponent", region, {"InferenceComponentName": base})
    elif not request.get("VariantName"):
        # Source: API reference, CreateInferenceComponent; text ours.
        raise AwsError("ValidationException", "VariantName is required unless BaseInferenceComponentName is given.")
    if endpoint.status != "InService":
        # Source: API reference, CreateInferenceComponent; text ours.
        raise AwsError("ValidationException", f'Endpoint "{endpoint.arn}" is not InService.')
    variants = [variant["VariantName"] for variant in endpoint.private["config"]["ProductionVariants"]]
    if request.get("VariantName") and request["VariantName"] not in variants:
        # Source: API reference, CreateInferenceComponent; text ours.
        raise AwsError(
            "ValidationException", f'Could not find variant "{request["VariantName"]}" of endpoint "{endpoint.arn}".'
        )
    if (request.get("RuntimeConfig") or {}).get("CopyCount") == 0:
        # Source: github.com/stdapi-ai/stdapi.ai issue 43, measured on AWS.
        raise AwsError("ValidationException", "Inference components copy count an integer larger than 0")
    _check_specifications(engine, region, specifications)


def _specifications(request: dict[str, Any]) -> list[dict[str, Any]]:
    """Specification or Specifications, which exclude each other (API reference, CreateInferenceComponent)."""
    one, several = request.get("Specification"), request.get("Specifications") or []
    if one and several:
        # Source: API reference, UpdateInferenceComponent.Specifications ("but not both"); text ours.
        raise AwsError("ValidationException", "Specification and Specifications cannot both be specified.")
    return [one] if one else several


def _check_specifications(engine: Any, region: str, specifications: list[dict[str, Any]]) -> None:
    for each in specifications:
        if each.get("ModelName") and each.get("Container"):
            # Source: API reference, InferenceComponentSpecification (condition inferred); text ours.
            raise AwsError("ValidationException", "ModelName and Container cannot both be specified.")
        if bool(each.get("ComputeResourceRequirements")) == bool(each.get("BaseInferenceComponentName")):
            # Source: API reference, InferenceComponentSpecification.ComputeResourceRequirements ("Omit this parameter if your
            # request is meant to create an adapter inference component"); text ours.
            raise AwsError(
                "ValidationException",
                "ComputeResourceRequirements is required, except for an adapter with a BaseInferenceComponentName.",
            )
        if each.get("ModelName"):
            engine.locate("Model", region, {"ModelName": each["ModelName"]})


def _before_update(engine: Any, record: Any, request: dict[str, Any]) -> None:
    if not any(request.get(member) for member in ("Specification", "Specifications", "RuntimeConfig")):
        # Source: terraform-provider-aws, inference_component.go, run against AWS (code); text ours.
        raise AwsError("ValidationException", "Specification, Specifications or RuntimeConfig is required.")
    _check_specifications(engine, record.region, _specifications(request))
    record.private["former"] = record.request
    size = (request.get("DeploymentConfig") or {}).get("RollingUpdatePolicy", {}).get("MaximumBatchSize", {})
    copies = (record.request.get("RuntimeConfig") or {}).get("CopyCount", 1)
    if size.get("Type") == "COPY_COUNT" and size["Value"] > copies:
        # Source: terraform-provider-aws, inference_component_test.go, run against AWS (condition); text ours.
        raise AwsError(
            "ValidationException",
            f"MaximumBatchSize of {size['Value']} copies exceeds the current copy count of {copies}.",
        )


def _updated(engine: Any, record: Any, request: dict[str, Any]) -> None:
    record.set(FailureReason=None)
    if "DeploymentConfig" in request:
        merged = dict(record.request)
        record.set(LastDeploymentConfig=merged.pop("DeploymentConfig", None))
        record.request = merged
    if "failure" in record.private:
        record.plan((Step("Updating", UPDATING), Step("InService", 0, _rolled_back)), engine.clock.now())


def _rolled_back(engine: Any, record: Any, at: float) -> None:
    record.set(FailureReason=record.private.pop("failure", "Rolled back"))
    _arrived(engine, record, "InService")


def _arrived(engine: Any, record: Any, status: str) -> None:
    # Source: ACK SageMaker, inference component hooks: a failed update ends InService, with a reason and what was before.
    if status == "InService" and record.get("FailureReason"):
        record.request = record.private.pop("former", record.request)


def _before_delete(engine: Any, record: Any) -> None:
    adapters = [
        other.name
        for other in engine.store.all(record.region, "InferenceComponent")
        if any(each.get("BaseInferenceComponentName") == record.name for each in _specifications(other.request))
    ]
    if adapters:
        # Source: terraform-provider-aws, inference_component.go (its middle).
        raise AwsError(
            "ValidationException",
            f'Inference component "{record.arn}" is a base inference component for one or more associated adapter inference '
            f"components: {', '.join(adapters)}.",
        )


def _describe_component(engine: Any, record: Any, members: dict[str, Any]) -> None:
    endpoint = engine.store.get(record.region, "Endpoint", (record.request["EndpointName"].lower(),))
    members["EndpointArn"] = (
        endpoint.arn if endpoint else engine.arn(record.region, f"endpoint/{record.request['EndpointName']}")
    )
    copies = (record.request.get("RuntimeConfig") or {}).get("CopyCount", 0)
    running = copies if record._status == "InService" else record.private.get("copies", 0)
    members["RuntimeConfig"] = {"DesiredCopyCount": copies, "CurrentCopyCount": running}
    if "Specification" in members:
        members["Specification"] = _component_specification(members["Specification"], record.created)
    if "Specifications" in members:
        members["Specifications"] = [
            _component_specification(each, record.created) for each in members["Specifications"]
        ]
    base = (record.request.get("Specification") or {}).get("BaseInferenceComponentName")
    found = engine.store.get(record.region, "InferenceComponent", (base,)) if base else None
    if found is not None:
        # Source: terraform-provider-aws, inference_component.go (what an adapter repeats).
        members["VariantName"] = found.request.get("VariantName")
        needs = (found.request.get("Specification") or {}).get("ComputeResourceRequirements")
        members["Specification"] = {**members["Specification"], "ComputeResourceRequirements": needs}


def _component_specification(sent: dict[str, Any], at: float) -> dict[str, Any]:
    shown = dict(sent)
    container = shown.get("Container")
    if container is not None:
        shown["Container"] = {k: v for k, v in container.items() if k not in ("Image", "DataCacheConfig")}
        if container.get("Image"):
            shown["Container"]["DeployedImage"] = {
                "SpecifiedImage": container["Image"],
                "ResolvedImage": resolved(container["Image"]),
                "ResolutionTime": at,
            }
    return shown


def _set_copies(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = engine.locate("InferenceComponent", region, params)
    engine.update(record, {"RuntimeConfig": params["DesiredRuntimeConfig"]})
    return {"InferenceComponentArn": record.arn}


KINDS = (
    Kind(
        name="InferenceComponent",
        key="InferenceComponentName",
        arn="inference-component/{InferenceComponentName}",
        source="service model InferenceComponentStatus",
        not_found=missing("inference component"),
        duplicate=existing("inference component"),
        status="InferenceComponentStatus",
        creating=(Step("Creating", CREATING), Step("InService")),
        updating=(Step("Updating", UPDATING), Step("InService")),
        deleting=(Step("Deleting", DELETING),),
        update_from=frozenset({"InService"}),
        update_busy=Refusal(
            "ValidationException",
            'Cannot update in-progress inference component "{arn}".',
            "API reference of the operation (condition); text ours",
        ),
        delete_from=frozenset({"InService", "Failed"}),
        delete_busy=Refusal(
            "ValidationException",
            'Inference component "{arn}" cannot be deleted in the state {progress}.',
            f"{_TPA} (code and state)",
        ),
        special={
            "before_create": _before_component,
            "describe": _describe_component,
            "before_update": _before_update,
            "updated": _updated,
            "arrived": _arrived,
            "before_delete": _before_delete,
        },
    ),
)

OPERATIONS = {"UpdateInferenceComponentRuntimeConfig": _set_copies}
