"""Model package groups, model packages, model cards."""

from __future__ import annotations

import hashlib
from typing import Any

from ...services import AwsError
from .. import listing
from ..common import ACK, CLOUDFORMATION, CODE_ONLY, is_json, missing, user
from ..kind import Kind, Refusal, Step


def _created_by(engine: Any, record: Any) -> None:
    record.set(CreatedBy=user(engine))


def group_of(engine: Any, region: str, name: str) -> Any:
    """The model package group of that name or ARN."""
    return engine.locate("ModelPackageGroup", region, {"ModelPackageGroupName": name})


def packages_of(engine: Any, group: Any) -> list[Any]:
    """The versions in a group."""
    return [p for p in engine.store.all(group.region, "ModelPackage") if len(p.key) == 2 and p.key[0] == group.name]


def _delete_group(engine: Any, record: Any) -> None:
    packages = packages_of(engine, record)
    if packages:
        # Source: service model (ConflictException); text ours.
        raise AwsError(
            "ConflictException",
            f"Model Package Group {record.arn} cannot be deleted: it contains {len(packages)} model package(s).",
        )


def _gone_group(engine: Any, record: Any) -> None:
    engine.store.counters.pop(f"versions/{record.region}/{record.name}", None)


def _policy_group(engine: Any, region: str, params: dict[str, Any]) -> Any:
    try:
        return group_of(engine, region, params["ModelPackageGroupName"])
    except AwsError as error:
        name = params["ModelPackageGroupName"]
        arn = name if name.startswith("arn:") else engine.arn(region, f"model-package-group/{name}")
        # Source: find.go of terraform-provider-aws and the CloudFormation handler's tests.
        raise AwsError("ValidationException", f"Cannot find Model Package Group: {arn}") from error


def _put_policy(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = _policy_group(engine, region, params)
    document = is_json(params["ResourcePolicy"], "ResourcePolicy")
    if not document.get("Statement"):
        # Source: API reference, PutModelPackageGroupPolicy; text ours.
        raise AwsError("ValidationException", "Invalid resource policy: it has no Statement.")
    record.private["policy"] = params["ResourcePolicy"]
    return {"ModelPackageGroupArn": record.arn}


def _get_policy(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = _policy_group(engine, region, params)
    if "policy" not in record.private:
        # Source: terraform-provider-aws, internal/service/sagemaker/find.go.
        raise AwsError("ValidationException", f"Cannot find resource policy for: {record.arn}")
    return {"ResourcePolicy": record.private["policy"]}


def _delete_policy(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = _policy_group(engine, region, params)
    if record.private.pop("policy", None) is None:
        # Source: terraform-provider-aws, internal/service/sagemaker/find.go.
        raise AwsError("ValidationException", f"Cannot find resource policy for: {record.arn}")
    return {}


def _with_digests(specification: dict[str, Any]) -> dict[str, Any]:
    """The registry resolves images to digests."""
    made = dict(specification)
    made["Containers"] = [
        {"ImageDigest": f"sha256:{hashlib.sha256(container['Image'].encode()).hexdigest()}", **container}
        if container.get("Image")
        else container
        for container in specification.get("Containers", ())
    ]
    return made


def _check_unversioned(params: dict[str, Any]) -> None:
    """What only versions have, and what only an unversioned package must have."""
    specifications = [
        params.get("InferenceSpecification") or {},
        *(params.get("AdditionalInferenceSpecifications") or ()),
    ]
    if any(container.get("Environment") for each in specifications for container in each.get("Containers", ())):
        # Source: SageMaker Python SDK, whose users quote it.
        raise AwsError(
            "ValidationException",
            "Environment variable map cannot be specified when using non-versioned ModelPackages",
        )
    if params.get("ModelApprovalStatus"):
        # Source: API reference, CreateModelPackage ("does not apply to unversioned models"); text ours.
        raise AwsError("ValidationException", "ModelApprovalStatus does not apply to an unversioned model package.")
    needed = ("SupportedTransformInstanceTypes", "SupportedRealtimeInferenceInstanceTypes")
    missing_ones = [each for each in needed if not specifications[0].get(each)]
    if specifications[0] and missing_ones:
        # Source: API reference, InferenceSpecification ("required for unversioned models"); text ours.
        raise AwsError("ValidationException", f"{missing_ones[0]} is required for an unversioned model package.")


def _create_package(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    kind = engine.kinds["ModelPackage"]
    name, group_name = params.get("ModelPackageName"), params.get("ModelPackageGroupName")
    # Source: github.com/getmoto/moto pull request 7165, written against real AWS.
    if name and group_name:
        raise AwsError(
            "ValidationException",
            "Both ModelPackageName and ModelPackageGroupName are provided in the input. Cannot determine which one to use.",
        )
    if not name and not group_name:
        raise AwsError("ValidationException", "Missing ARN.")
    # Source: API reference, CreateModelPackage; text ours.
    if group_name and params.get("Tags"):
        raise AwsError("ValidationException", "Tags cannot be set on a model package version; tag its group.")
    if name:
        _check_unversioned(params)
    if (
        not params.get("InferenceSpecification")
        and not params.get("SourceAlgorithmSpecification")
        and not params.get("SourceUri")
        and not params.get("ModelCard")
        and not group_name
    ):
        raise AwsError("ValidationException", "InferenceSpecification or SourceAlgorithmSpecification is required.")
    if group_name:
        group = group_of(engine, region, group_name)
        request = {**params, "ModelPackageGroupName": group.name, "ModelPackageName": group.name}
        request.setdefault("ModelApprovalStatus", "PendingManualApproval")
        version = engine.store.next(f"versions/{region}/{group.name}")
        key, arn = (group.name, str(version)), engine.arn(region, f"model-package/{group.name}/{version}")
    else:
        request, version = dict(params), None
        key, arn = (name,), engine.arn(region, f"model-package/{name}")
    record = engine.create(kind, region, request, key, arn)
    record.set(ModelPackageVersion=version, CreatedBy=user(engine))
    return {"ModelPackageArn": record.arn}


def _status_details(record: Any, reason: str | None) -> dict[str, Any]:
    """The details of each validation. Source of the members: service model, ModelPackageStatusItem."""
    profiles = (record.request.get("ValidationSpecification") or {}).get("ValidationProfiles", ())
    state = record._status if record._status in ("Completed", "Failed") else "InProgress"
    items = [{"Name": profile["ProfileName"], "Status": state} for profile in profiles]
    if reason is not None:
        # Of a package without a profile nothing says where AWS puts the reason: a name of ours.
        items = [{**item, "FailureReason": reason} for item in items or [{"Name": "ModelPackage", "Status": state}]]
    return {"ValidationStatuses": items, "ImageScanStatuses": []}


def _describe_package(engine: Any, record: Any, members: dict[str, Any]) -> None:
    members["ModelPackageStatusDetails"] = _status_details(record, members.pop("FailureReason", None))
    if "InferenceSpecification" in members:
        members["InferenceSpecification"] = _with_digests(members["InferenceSpecification"])
    if "AdditionalInferenceSpecifications" in members:
        members["AdditionalInferenceSpecifications"] = [
            _with_digests(each) for each in members["AdditionalInferenceSpecifications"]
        ]
    members.pop("ClientToken", None)


def _update_package(engine: Any, record: Any, request: dict[str, Any]) -> None:
    if len(record.key) == 1:
        # Source: API reference, UpdateModelPackage ("Updates a versioned model"); text ours.
        raise AwsError("ValidationException", f"{record.arn} is no version of a model, and cannot be updated.")
    merged = dict(record.request)
    properties = {
        **(merged.get("CustomerMetadataProperties") or {}),
        **(request.get("CustomerMetadataProperties") or {}),
    }
    for name in request.get("CustomerMetadataPropertiesToRemove") or ():
        properties.pop(name, None)
    added = request.get("AdditionalInferenceSpecificationsToAdd") or []
    have = {each["Name"] for each in merged.get("AdditionalInferenceSpecifications") or ()}
    twice = [each["Name"] for each in added if each["Name"] in have]
    if twice:
        # Source: API reference, UpdateModelPackage; text ours.
        raise AwsError("ValidationException", f"Additional inference specifications {', '.join(twice)} already exist.")
    if properties:
        merged["CustomerMetadataProperties"] = properties
    else:
        merged.pop("CustomerMetadataProperties", None)
    if added:
        merged["AdditionalInferenceSpecifications"] = [*(merged.get("AdditionalInferenceSpecifications") or []), *added]
    record.private["merged"] = merged


def _updated_package(engine: Any, record: Any, request: dict[str, Any]) -> None:
    merged = record.private.pop("merged")
    simple = (
        "ModelApprovalStatus",
        "ModelPackageRegistrationType",
        "ApprovalDescription",
        "InferenceSpecification",
        "SourceUri",
        "ModelCard",
        "ModelLifeCycle",
    )
    merged.update({member: request[member] for member in simple if request.get(member) is not None})
    record.request = merged
    record.set(LastModifiedBy=user(engine))


def _match_package(engine: Any, record: Any, name: str, value: Any) -> bool | None:
    if name == "ModelPackageGroupName":
        return len(record.key) == 2 and record.key[0] == str(value).rpartition("/")[2]
    if name == "ModelPackageType":
        return value == "Both" or (len(record.key) == 2) == (value == "Versioned")
    return None


def _list_packages(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    kind = engine.kinds["ModelPackage"]
    if params.get("ModelPackageGroupName"):
        group_of(engine, region, params["ModelPackageGroupName"])
    elif not params.get("ModelPackageType"):
        # API reference, ListModelPackages: without a type only unversioned packages are listed.
        params = {**params, "ModelPackageType": "Unversioned"}
    return listing.answer(engine, kind, region, params)


def _batch_describe(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    members = (
        "ModelPackageGroupName",
        "ModelPackageVersion",
        "ModelPackageArn",
        "ModelPackageDescription",
        "CreationTime",
        "InferenceSpecification",
        "ModelPackageStatus",
        "ModelApprovalStatus",
        "ModelPackageRegistrationType",
    )
    for arn in params["ModelPackageArnList"]:
        try:
            described = engine.describe(engine.locate("ModelPackage", region, {"ModelPackageName": arn}))
        except AwsError as error:
            errors[arn] = {"ErrorCode": error.code, "ErrorResponse": error.message}
            continue
        found[arn] = {member: described[member] for member in members if described.get(member) is not None}
    return {"ModelPackageSummaries": found, "BatchDescribeModelPackageErrorMap": errors}


def _check_card(engine: Any, region: str, request: dict[str, Any]) -> None:
    is_json(request["Content"], "model card content")


def _created_card(engine: Any, record: Any) -> None:
    record.set(ModelCardVersion=1, CreatedBy=user(engine))
    _remember_card(engine, record)


def _remember_card(engine: Any, record: Any) -> None:
    described = engine.describe(record)
    record.private.setdefault("versions", []).append(described)


def _before_update_card(engine: Any, record: Any, request: dict[str, Any]) -> None:
    if request.get("Content"):
        is_json(request["Content"], "model card content")


def _updated_card(engine: Any, record: Any, request: dict[str, Any]) -> None:
    record.set(LastModifiedBy=user(engine))
    if request.get("Content") is not None:
        record.set(ModelCardVersion=record.get("ModelCardVersion") + 1)
        _remember_card(engine, record)
    else:
        record.private["versions"][-1] = engine.describe(record)


def _describe_card(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = engine.locate("ModelCard", region, params)
    versions = record.private["versions"]
    wanted = params.get("ModelCardVersion", len(versions))
    if not 1 <= wanted <= len(versions):
        # Source: service model (code); text ours.
        raise AwsError("ResourceNotFound", f"Model card version {wanted} of {record.arn} does not exist.")
    shape = {
        "ModelCardArn",
        "ModelCardName",
        "ModelCardVersion",
        "Content",
        "ModelCardStatus",
        "SecurityConfig",
        "CreationTime",
        "CreatedBy",
        "LastModifiedTime",
        "LastModifiedBy",
        "ModelCardProcessingStatus",
    }
    return {name: value for name, value in versions[wanted - 1].items() if name in shape}


def _card_versions(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = engine.locate("ModelCard", region, params)
    members = (
        "ModelCardName",
        "ModelCardArn",
        "ModelCardStatus",
        "ModelCardVersion",
        "CreationTime",
        "LastModifiedTime",
    )
    found = [{member: version[member] for member in members} for version in record.private["versions"]]
    if params.get("ModelCardStatus"):
        found = [version for version in found if version["ModelCardStatus"] == params["ModelCardStatus"]]
    if params.get("SortOrder") != "Ascending":
        found.reverse()
    page, token = listing.page(found, params, 10)
    return {"ModelCardVersionSummaryList": page, **({"NextToken": token} if token else {})}


KINDS = (
    Kind(
        name="ModelPackageGroup",
        key="ModelPackageGroupName",
        arn="model-package-group/{ModelPackageGroupName}",
        source="service model ModelPackageGroupStatus",
        not_found=Refusal("ValidationException", "ModelPackageGroup {arn} does not exist.", CLOUDFORMATION),
        duplicate=Refusal("ValidationException", "Model Package Group already exists: {arn}", CLOUDFORMATION),
        status="ModelPackageGroupStatus",
        creating=(Step("InProgress", 0.3), Step("Completed")),
        deleting=(Step("Deleting", 0.3),),
        special={"created": _created_by, "before_delete": _delete_group, "gone": _gone_group},
        verbs={"List": "ListModelPackageGroups"},
        # API reference, ListModelPackageGroups.
        list_order="Ascending",
    ),
    Kind(
        name="ModelPackage",
        key="ModelPackageName",
        arn="model-package/{ModelPackageName}",
        source="service model ModelPackageStatus",
        not_found=Refusal("ValidationException", "ModelPackage {arn} does not exist.", ACK),
        duplicate=Refusal(
            "ValidationException", "ModelPackage already exists: {arn}", "SageMaker Python SDK, session.py"
        ),
        status="ModelPackageStatus",
        creating=(Step("Pending", 0.2), Step("InProgress", 0.3), Step("Completed")),
        deleting=(Step("Deleting", 0.3),),
        # Approval may change while the package is checked; a package that goes away may not be changed.
        split_key=True,
        # ACK SageMaker, custom_delta of model packages.
        defaults={
            "CertifyForMarketplace": False,
            "ValidationSpecification?.ValidationProfiles[].TransformJobDefinition?.TransformOutput.KmsKeyId": "",
        },
        # API reference, ListModelPackages.
        list_order="Ascending",
        update_from=frozenset({"Pending", "InProgress", "Completed", "Failed"}),
        update_busy=Refusal("ConflictException", "ModelPackage {arn} is in status {status}.", CODE_ONLY),
        special={
            "describe": _describe_package,
            "before_update": _update_package,
            "updated": _updated_package,
            "match": _match_package,
        },
    ),
    Kind(
        name="ModelCard",
        key="ModelCardName",
        arn="model-card/{ModelCardName}",
        source="service model ModelCardStatus (set by the caller)",
        not_found=missing("Model card"),
        duplicate=Refusal("ConflictException", "Modelcard already exists: {arn}", CODE_ONLY),
        special={
            "before_create": _check_card,
            "created": _created_card,
            "before_update": _before_update_card,
            "updated": _updated_card,
        },
    ),
)

OPERATIONS = {
    "CreateModelPackage": _create_package,
    "ListModelPackages": _list_packages,
    "BatchDescribeModelPackage": _batch_describe,
    "PutModelPackageGroupPolicy": _put_policy,
    "GetModelPackageGroupPolicy": _get_policy,
    "DeleteModelPackageGroupPolicy": _delete_policy,
    "DescribeModelCard": _describe_card,
    "ListModelCardVersions": _card_versions,
}
