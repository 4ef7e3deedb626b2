"""Inference components: models of their own on an endpoint whose variants have none.

Source: developer guide, realtime-endpoints-deploy-models and inference components; API reference InferenceComponent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_local.services import AwsError, Invocation, Record, Services

KIND = "InferenceComponent"
SERVING = frozenset({"InService", "Updating"})


def model_of(record: Record) -> str | dict[str, Any] | None:
    """What a component serves: a model's name, a container, or None for an adapter of another component."""
    specification = record.request.get("Specification", {})
    if specification.get("ModelName"):
        return str(specification["ModelName"])
    container = specification.get("Container")
    if not container or specification.get("BaseInferenceComponentName"):
        return None
    return {
        **{member: container[member] for member in ("Image", "Environment") if member in container},
        **({"ModelDataUrl": container["ArtifactUrl"]} if "ArtifactUrl" in container else {}),
    }


def without_capacity() -> AwsError:
    """No copy runs. Source: AWS machine learning blog, scale-down-to-zero feature in SageMaker inference."""
    return AwsError(
        "ValidationError",
        "Inference Component has no capacity to process this request. ApplicationAutoScaling may be in-progress (if"
        " configured) or try to increase the capacity by invoking UpdateInferenceComponentRuntimeConfig API.",
    )


def chosen(services: Services, call: Invocation, config: Mapping[str, Any]) -> Record | None:
    """The component whose server answers a request; None where the endpoint's variants have models.

    Raises ValidationError.
    """
    hosts = not any(variant.get("ModelName") for variant in config["ProductionVariants"])
    if call.inference_component is None:
        if hosts:
            # Source: github.com/BerriAI/litellm, llms/sagemaker (its beginning), written against real AWS.
            raise AwsError(
                "ValidationError",
                "Inference Component Name header is required for endpoints to which you plan to deploy inference"
                " components. Please include Inference Component Name header or consider using SageMaker models.",
            )
        return None
    component = _of_endpoint(services, call.inference_component, call.endpoint)
    if component is None:
        # Source: API reference, InvokeEndpoint (code); text ours.
        raise AwsError(
            "ValidationError", f"Inference Component {call.inference_component} of {call.endpoint.name} not found."
        )
    if component.request.get("RuntimeConfig", {}).get("CopyCount", 1) == 0 or component.status not in SERVING:
        raise without_capacity()
    base = component.request.get("Specification", {}).get("BaseInferenceComponentName")
    if base is None:
        return component
    host = _of_endpoint(services, base, call.endpoint)
    if host is None or host.status not in SERVING:
        raise without_capacity()
    return host


def _of_endpoint(services: Services, name: str, endpoint: Record) -> Record | None:
    try:
        record = services.find(KIND, name)
    except AwsError:
        return None
    return record if record.request["EndpointName"] == endpoint.name else None
