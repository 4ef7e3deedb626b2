"""Models, endpoint configurations, endpoints."""

from __future__ import annotations

from typing import Any

from ... import quotas
from ...services import AwsError
from .. import served
from ..common import is_json
from ..defaults import below
from ..kind import Kind, Refusal, Step

CREATING, UPDATING, DELETING = 2.0, 2.0, 1.0

_ACK = "ACK SageMaker generator.yaml, errors.404"
_TPA = "terraform-provider-aws, internal/service/sagemaker"
_BUSY = frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"})


def check_containers(engine: Any, region: str, request: dict[str, Any]) -> None:
    """CreateModel takes PrimaryContainer or Containers, not both (API reference, CreateModel)."""
    if request.get("PrimaryContainer") and request.get("Containers"):
        # Source: API reference, CreateModel; text ours.
        raise AwsError("ValidationException", "Both Containers and PrimaryContainer cannot be specified.")
    if not request.get("PrimaryContainer") and not request.get("Containers"):
        # Source: API reference, CreateModel; text ours.
        raise AwsError("ValidationException", "Either PrimaryContainer or Containers must be specified.")
    for container in [request.get("PrimaryContainer") or {}, *(request.get("Containers") or [])]:
        package = container.get("ModelPackageName")
        if container and not package and not container.get("Image"):
            # Source: API reference, ContainerDefinition (what runs is an image or a model package); text ours.
            raise AwsError("ValidationException", "Image or ModelPackageName is required in each container.")
        if package and not package.startswith("arn:aws:sagemaker:" + region + ":aws:"):
            record = engine.locate("ModelPackage", region, {"ModelPackageName": package})
            approval = engine.describe(record).get("ModelApprovalStatus")
            # Source: SageMaker developer guide, "Deploy a Model from the Registry"; text ours.
            if approval in ("Rejected", "PendingManualApproval"):
                raise AwsError("ValidationException", f"Model package {record.arn} is not approved ({approval}).")


def _data_source(container: dict[str, Any]) -> dict[str, Any] | None:
    """What repeats the ModelDataUrl of a container: API reference, S3ModelDataSource (a single gzip archive)."""
    url = container.get("ModelDataUrl")
    if not url or container.get("Mode") == "MultiModel":
        return None
    return {"S3DataSource": {"S3Uri": url, "S3DataType": "S3Object", "CompressionType": "Gzip"}}


_CONTAINER: dict[str, Any] = {"ModelDataSource": _data_source, "ImageConfig?.RepositoryAuthConfig": {}}
"""What AWS adds to a container of a model."""


def check_config(engine: Any, region: str, request: dict[str, Any]) -> None:
    """CreateEndpointConfig needs its models to exist and its variants to have different names."""
    names = [variant["VariantName"] for variant in request["ProductionVariants"]]
    names += [variant["VariantName"] for variant in request.get("ShadowProductionVariants") or ()]
    for variant in [*request["ProductionVariants"], *(request.get("ShadowProductionVariants") or ())]:
        if variant.get("ModelName"):
            engine.locate("Model", region, {"ModelName": variant["ModelName"]})
            if variant.get("ManagedInstanceScaling"):
                # Source: hashicorp/terraform-provider-aws pull request 45926, a test run against AWS.
                raise AwsError(
                    "ValidationException", "ManagedInstanceScaling is only supported for inference component endpoints."
                )
        elif not request.get("ExecutionRoleArn"):
            # Source: API reference, ProductionVariant and CreateEndpointConfig.ExecutionRoleArn; text ours.
            raise AwsError(
                "ValidationException",
                f"ModelName is required for variant {variant['VariantName']} unless ExecutionRoleArn is given.",
            )
        _check_capacity(variant)
    shadows = request.get("ShadowProductionVariants") or ()
    if shadows and (len(shadows) > 1 or len(request["ProductionVariants"]) > 1):
        # Source: API reference, CreateEndpointConfig.ShadowProductionVariants (one of each); text ours.
        raise AwsError(
            "ValidationException",
            "Only one production variant and one shadow production variant are allowed in a configuration with shadows.",
        )
    if len(set(names)) < len(names):
        raise AwsError("ValidationException", "Duplicate variant names are not allowed in one endpoint configuration.")


def _check_capacity(variant: dict[str, Any]) -> None:
    """Instances or serverless. Source: API reference, ProductionVariant and ProductionVariantServerlessConfig; text ours."""
    name, serverless = variant["VariantName"], variant.get("ServerlessConfig")
    if serverless is None:
        if not variant.get("InstanceType") and not variant.get("InstancePools"):
            raise AwsError("ValidationException", f"Variant {name} needs an InstanceType or a ServerlessConfig.")
        if not variant.get("InitialInstanceCount"):
            raise AwsError("ValidationException", f"Variant {name} needs an InitialInstanceCount.")
        return
    both = [member for member in ("InstanceType", "InitialInstanceCount") if variant.get(member)]
    if both:
        raise AwsError("ValidationException", f"{both[0]} of variant {name} cannot be used with a ServerlessConfig.")
    if serverless["MemorySizeInMB"] % 1024:
        raise AwsError(
            "ValidationException",
            f"MemorySizeInMB of variant {name} must be one of 1024, 2048, 3072, 4096, 5120 or 6144, "
            f"not {serverless['MemorySizeInMB']}.",
        )
    if serverless.get("ProvisionedConcurrency", 0) > serverless["MaxConcurrency"]:
        raise AwsError("ValidationException", f"ProvisionedConcurrency of variant {name} exceeds its MaxConcurrency.")


def check_deployment(config: dict[str, Any] | None) -> None:
    """Sizes of a deployment's steps. Source: API reference, TrafficRoutingConfig; text ours."""
    routing = ((config or {}).get("BlueGreenUpdatePolicy") or {}).get("TrafficRoutingConfiguration") or {}
    for kind, member, least in (("CANARY", "CanarySize", 0), ("LINEAR", "LinearStepSize", 10)):
        size = routing.get(member)
        if (routing.get("Type") == kind) != (size is not None):
            raise AwsError("ValidationException", f"{member} is required with the type {kind}, and with no other.")
        if size and size["Type"] == "CAPACITY_PERCENT" and not least <= size["Value"] <= 50:
            raise AwsError(
                "ValidationException",
                f"{member} of {size['Value']} percent is not {'between 10 and 50' if least else 'at most 50'} percent of the "
                "variant's instances.",
            )


def config_of(engine: Any, region: str, name: str) -> Any:
    """The endpoint configuration record. Raises AWS's not-found error, also while a new one is not yet visible.

    Source: API reference, CreateEndpoint: reads are eventually consistent; call DescribeEndpointConfig first, or retry.
    """
    kind = engine.kinds["EndpointConfig"]
    record = engine.locate(kind, region, {"EndpointConfigName": name})
    if engine.clock.now() < record.created + engine.visibility_delay:
        raise engine.absent(kind, region, {"EndpointConfigName": name})
    return record


def summaries(engine: Any, region: str, config: dict[str, Any], at: float) -> dict[str, Any]:
    """The members of DescribeEndpoint that follow from its configuration."""
    made: dict[str, Any] = {}
    for member in ("ProductionVariants", "ShadowProductionVariants"):
        if config.get(member):
            made[member] = [_variant(engine, region, variant, at) for variant in config[member]]
    capture = config.get("DataCaptureConfig")
    if capture:
        made["DataCaptureConfig"] = {
            "EnableCapture": capture.get("EnableCapture", False),
            "CaptureStatus": "Started" if capture.get("EnableCapture") else "Stopped",
            "CurrentSamplingPercentage": capture["InitialSamplingPercentage"],
            "DestinationS3Uri": capture["DestinationS3Uri"],
            "KmsKeyId": capture.get("KmsKeyId", ""),
        }
    for member in ("AsyncInferenceConfig", "ExplainerConfig", "MetricsConfig"):
        if config.get(member):
            made[member] = config[member]
    return made


def _variant(engine: Any, region: str, variant: dict[str, Any], at: float) -> dict[str, Any]:
    weight = variant.get("InitialVariantWeight", 1.0)
    made: dict[str, Any] = {"VariantName": variant["VariantName"], "CurrentWeight": weight, "DesiredWeight": weight}
    if variant.get("ServerlessConfig"):
        made["CurrentServerlessConfig"] = made["DesiredServerlessConfig"] = variant["ServerlessConfig"]
        count = 0
    else:
        count = variant.get("InitialInstanceCount", 1)
    made["CurrentInstanceCount"] = made["DesiredInstanceCount"] = count
    for member in ("ManagedInstanceScaling", "RoutingConfig"):
        if variant.get(member):
            made[member] = variant[member]
    if variant.get("ModelName"):
        record = engine.store.get(region, "Model", (variant["ModelName"],))
        request = record.request if record else {}
        containers = request.get("Containers") or [request.get("PrimaryContainer") or {}]
        images = [container["Image"] for container in containers if container.get("Image")]
        if images:
            made["DeployedImages"] = [
                {"SpecifiedImage": image, "ResolvedImage": resolved(image), "ResolutionTime": at} for image in images
            ]
    return made


def resolved(image: str) -> str:
    """The image with a digest, as AWS resolves a tag."""
    import hashlib

    return f"{image.split('@')[0].rsplit(':', 1)[0]}@sha256:{hashlib.sha256(image.encode()).hexdigest()}"


def _before_endpoint(engine: Any, region: str, request: dict[str, Any]) -> dict[str, Any]:
    config = config_of(engine, region, request["EndpointConfigName"])
    check_deployment(request.get("DeploymentConfig"))
    quotas.check(engine, region, "endpoint usage", quotas.of_config(config.request))
    # The configuration is copied: DeleteEndpointConfig of a configuration in use is allowed (API reference, DeleteEndpointConfig).
    return {"config": engine.describe(config)}


def _created_endpoint(engine: Any, record: Any) -> None:
    # An update is merged into the request at once, and takes over only when it is done.
    record.set(
        EndpointConfigName=record.private["config"]["EndpointConfigName"],
        LastDeploymentConfig=record.request.get("DeploymentConfig"),
    )


def _in_service(engine: Any, record: Any, at: float) -> None:
    record.set(**summaries(engine, record.region, record.private["config"], at), FailureReason=None)
    served.note(engine, record.region)


def _arrived_endpoint(engine: Any, record: Any, status: str) -> None:
    if status == "InService" and "next" in record.private:
        _taken_over(engine, record, engine.clock.now())
    elif status == "InService" and record.get("ProductionVariants") is None:
        record.set(**summaries(engine, record.region, record.private["config"], engine.clock.now()))
    served.note(engine, record.region)


def _before_update_endpoint(engine: Any, record: Any, request: dict[str, Any]) -> None:
    config = config_of(engine, record.region, request["EndpointConfigName"])
    if request.get("ExcludeRetainedVariantProperties") and not request.get("RetainAllVariantProperties"):
        # Source: API reference, UpdateEndpoint.ExcludeRetainedVariantProperties; text ours.
        raise AwsError(
            "ValidationException", "ExcludeRetainedVariantProperties requires RetainAllVariantProperties to be true."
        )
    if request.get("DeploymentConfig") and request.get("RetainDeploymentConfig"):
        raise AwsError("ValidationException", "RetainDeploymentConfig cannot be used with DeploymentConfig.")
    check_deployment(request.get("DeploymentConfig"))
    quotas.check(engine, record.region, "endpoint usage", quotas.of_config(config.request), besides=record)
    _check_scaling(engine, record, engine.describe(config))
    record.private["next"] = engine.describe(config)
    record.private["update"] = {
        "retain": bool(request.get("RetainAllVariantProperties")),
        "exclude": [each["VariantPropertyType"] for each in request.get("ExcludeRetainedVariantProperties") or ()],
    }


def _check_scaling(engine: Any, record: Any, config: dict[str, Any]) -> None:
    """A variant registered for auto scaling must keep its instance type and may not go away."""
    targets = engine.scaling_targets(record.region, record.name) if engine.scaling_targets else ()
    if not targets:
        return
    old = {
        variant["VariantName"]: variant.get("InstanceType")
        for variant in record.private["config"]["ProductionVariants"]
    }
    new = {variant["VariantName"]: variant.get("InstanceType") for variant in config["ProductionVariants"]}
    for variant in targets:
        # Source: AWS documentation, endpoint-scaling-update; text ours.
        if variant in old and new.get(variant) != old[variant]:
            raise AwsError(
                "ValidationException",
                f'The variant(s) "{variant}" must be deregistered as scalable targets with AWS Auto Scaling before they '
                "can be removed or change instance type.",
            )


def _updated_endpoint(engine: Any, record: Any, request: dict[str, Any]) -> None:
    following = record.private["next"]
    record.set(
        FailureReason=None,
        LastDeploymentConfig=request.get("DeploymentConfig")
        or (record.get("LastDeploymentConfig") if request.get("RetainDeploymentConfig") else None),
        PendingDeploymentSummary={
            "EndpointConfigName": following["EndpointConfigName"],
            "StartTime": engine.clock.now(),
            "ProductionVariants": [
                {
                    "VariantName": variant["VariantName"],
                    **({"InstanceType": variant["InstanceType"]} if variant.get("InstanceType") else {}),
                }
                for variant in following["ProductionVariants"]
            ],
        },
    )
    reason = record.private.get("failure")
    if reason is None:
        return
    if request.get("DeploymentConfig", {}).get("AutoRollbackConfiguration", {}).get("Alarms") or reason.startswith(
        "rollback:"
    ):
        record.private["failure"] = reason.removeprefix("rollback:").strip()
        steps: tuple[Step, ...] = (
            Step("Updating", UPDATING),
            Step("RollingBack", UPDATING),
            Step("InService", 0, _rolled_back),
        )
    else:
        steps = (Step("Updating", UPDATING), Step("Failed", 0, _update_failed))
    record.plan(steps, engine.clock.now())


def _taken_over(engine: Any, record: Any, at: float) -> None:
    following = record.private.pop("next")
    how = record.private.pop("update", {"retain": False, "exclude": []})
    before = {variant["VariantName"]: variant for variant in record.get("ProductionVariants") or ()}
    made = summaries(engine, record.region, following, at)
    if how["retain"]:
        for variant in made["ProductionVariants"]:
            old = before.get(variant["VariantName"], {})
            for what, members in (
                ("DesiredInstanceCount", ("CurrentInstanceCount", "DesiredInstanceCount")),
                ("DesiredWeight", ("CurrentWeight", "DesiredWeight")),
            ):
                if what not in how["exclude"]:
                    variant.update({member: old[member] for member in members if member in old})
        if "DataCaptureConfig" not in how["exclude"] and record.get("DataCaptureConfig"):
            made["DataCaptureConfig"] = record.get("DataCaptureConfig")
    record.private["config"] = following
    gone = {
        "DataCaptureConfig": None,
        "AsyncInferenceConfig": None,
        "ExplainerConfig": None,
        "ShadowProductionVariants": None,
    }
    record.set(**{**gone, **made}, EndpointConfigName=following["EndpointConfigName"], PendingDeploymentSummary=None)
    served.note(engine, record.region)


def _rolled_back(engine: Any, record: Any, at: float) -> None:
    # Source: hashicorp/terraform-provider-aws issues 48997 and 39099: a rolled-back update ends InService, with a reason and the old configuration.
    record.private.pop("next", None)
    record.set(FailureReason=record.private.pop("failure", "Rolled back"), PendingDeploymentSummary=None)


def _update_failed(engine: Any, record: Any, at: float) -> None:
    record.private.pop("next", None)
    record.set(FailureReason=record.private.pop("failure", "Update failed"), PendingDeploymentSummary=None)
    served.note(engine, record.region)


def _gone_endpoint(engine: Any, record: Any) -> None:
    # AWS documentation, endpoint-delete-with-scaling: DeleteEndpoint deregisters scalable targets.
    if engine.deregister_scaling:
        engine.deregister_scaling(record.region, record.name)
    served.note_gone(engine, record)


def _before_delete_endpoint(engine: Any, record: Any) -> None:
    components = [
        other.name
        for other in engine.store.all(record.region, "InferenceComponent")
        if other.request.get("EndpointName") == record.name
    ]
    if components:
        # Source: SageMaker developer guide, "Delete inference components" before the endpoint; text ours.
        raise AwsError(
            "ValidationException",
            f'Cannot delete endpoint "{record.arn}" because it has inference components: {", ".join(components)}.',
        )


def _put_policy(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = engine.locate("Endpoint", region, params)
    if record.status in ("Deleting", "Failed"):
        # Source: API reference, PutEndpointPolicy (condition); text ours.
        raise AwsError("ValidationException", f'Endpoint "{record.arn}" is in status {record.status}.')
    if not is_json(params["ResourcePolicy"], "ResourcePolicy").get("Statement"):
        # Source: API reference, PutEndpointPolicy; text ours.
        raise AwsError("ValidationException", "Invalid resource policy: it has no Statement.")
    record.private["policy"] = params["ResourcePolicy"]
    return {"EndpointArn": record.arn}


def _get_policy(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = engine.locate("Endpoint", region, params)
    if "policy" not in record.private:
        # Source: API reference, GetEndpointPolicy (code); text ours.
        raise AwsError("ValidationException", f'Endpoint "{record.arn}" has no resource policy.')
    return {"EndpointName": record.name, "EndpointArn": record.arn, "ResourcePolicy": record.private["policy"]}


def _delete_policy(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    """Without a policy it succeeds, too (API reference, DeleteEndpointPolicy)."""
    engine.locate("Endpoint", region, params).private.pop("policy", None)
    return {}


def _set_weights(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    kind = engine.kinds["Endpoint"]
    record = engine.locate(kind, region, params)
    with record.lock:
        engine._allow(kind, record, kind.update_from, kind.update_busy)
        variants = [dict(variant) for variant in record.get("ProductionVariants") or ()]
        named = {variant["VariantName"]: variant for variant in variants}
        capacities = {"DesiredInstanceCount", "ServerlessUpdateConfig"}
        if len(params["DesiredWeightsAndCapacities"]) > 1 and any(capacities & {*w} for w in params["DesiredWeightsAndCapacities"]):
            # Source: service model, UpdateEndpointWeightsAndCapacities ("or capacity of one variant"); text ours.
            raise AwsError("ValidationException", "The capacity of only one variant can be updated at a time.")
        for wanted in params["DesiredWeightsAndCapacities"]:
            variant = named.get(wanted["VariantName"])
            if variant is None:
                # Source: moto sagemaker models, which quotes AWS.
                raise AwsError(
                    "ValidationException",
                    f'The variant name(s) "{wanted["VariantName"]}" is/are not present within endpoint configuration '
                    f'"{record.get("EndpointConfigName")}".',
                )
            if "DesiredWeight" in wanted:
                variant["DesiredWeight"] = wanted["DesiredWeight"]
            if "DesiredInstanceCount" in wanted:
                variant["DesiredInstanceCount"] = wanted["DesiredInstanceCount"]
            if "ServerlessUpdateConfig" in wanted:
                config = variant.get("CurrentServerlessConfig")
                if config is None:
                    # Source: API reference, DesiredWeightAndCapacity.ServerlessUpdateConfig; text ours.
                    raise AwsError("ValidationException", f"Variant {wanted['VariantName']} is not serverless.")
                variant["DesiredServerlessConfig"] = {**config, **wanted["ServerlessUpdateConfig"]}
        record.set(ProductionVariants=variants)
        record.plan((Step("Updating", UPDATING), Step("InService", 0, _scaled)), engine.clock.now())
    return {"EndpointArn": record.arn}


def _scaled(engine: Any, record: Any, at: float) -> None:
    record.set(
        ProductionVariants=[
            {
                **variant,
                "CurrentWeight": variant["DesiredWeight"],
                "CurrentInstanceCount": variant["DesiredInstanceCount"],
                **({"CurrentServerlessConfig": variant["DesiredServerlessConfig"]} if "DesiredServerlessConfig" in variant else {}),
            }
            for variant in record.get("ProductionVariants") or ()
        ]
    )


def existing(noun: str) -> Refusal:
    """The refusal of a name that is taken."""
    return Refusal("ValidationException", f'Cannot create already existing {noun} "{{arn}}".', _TPA)


def missing(noun: str) -> Refusal:
    """The error for an object that does not exist."""
    return Refusal("ValidationException", f'Could not find {noun} "{{arn}}".', _ACK)


KINDS = (
    Kind(
        name="Model",
        key="ModelName",
        arn="model/{ModelName}",
        source="service model: no status member",
        not_found=missing("model"),
        duplicate=existing("model"),
        defaults={
            "EnableNetworkIsolation": False,
            "PrimaryContainer?.Mode": "SingleModel",
            **below("PrimaryContainer?", _CONTAINER),
            **below("Containers[]", _CONTAINER),
        },
        special={"before_create": check_containers, "gone": served.note_gone},
    ),
    Kind(
        name="EndpointConfig",
        key="EndpointConfigName",
        arn="endpoint-config/{EndpointConfigName}",
        source="service model: no status member; deletion is not blocked while in use (API reference, DeleteEndpointConfig)",
        not_found=missing("endpoint configuration"),
        duplicate=existing("endpoint configuration"),
        # API reference, ProductionVariant.InitialVariantWeight.
        defaults={
            "EnableNetworkIsolation": False,
            "ProductionVariants[].InitialVariantWeight": 1.0,
            "ShadowProductionVariants[].InitialVariantWeight": 1.0,
        },
        special={"before_create": check_config, "gone": served.note_gone},
    ),
    Kind(
        name="Endpoint",
        key="EndpointName",
        arn="endpoint/{EndpointName}",
        source="service model EndpointStatus; API reference of DescribeX and DeleteX",
        not_found=missing("endpoint"),
        duplicate=existing("endpoint"),
        status="EndpointStatus",
        creating=(Step("Creating", CREATING), Step("InService", 0, _in_service)),
        updating=(Step("Updating", UPDATING), Step("InService", 0, _taken_over)),
        deleting=(Step("Deleting", DELETING),),
        update_from=frozenset({"InService", "OutOfService", "UpdateRollbackFailed"}),
        update_busy=Refusal("ValidationException", 'Cannot update in-progress endpoint "{arn}".', _TPA),
        delete_from=frozenset({"InService", "OutOfService", "Failed", "UpdateRollbackFailed"}),
        delete_busy=Refusal("ValidationException", 'Cannot update in-progress endpoint "{arn}".', _TPA),
        case_insensitive=True,
        special={
            "before_create": _before_endpoint,
            "created": _created_endpoint,
            "before_update": _before_update_endpoint,
            "updated": _updated_endpoint,
            "arrived": _arrived_endpoint,
            "before_delete": _before_delete_endpoint,
            "gone": _gone_endpoint,
        },
    ),
)

OPERATIONS = {
    "PutEndpointPolicy": _put_policy,
    "GetEndpointPolicy": _get_policy,
    "DeleteEndpointPolicy": _delete_policy,
    "UpdateEndpointWeightsAndCapacities": _set_weights,
}
