"""Studio domains, user profiles, spaces, apps; feature groups."""

from __future__ import annotations

from typing import Any

from ...services import AwsError
from ..common import CODE_ONLY, identifier, missing
from ..kind import Kind, Refusal, Step

SHORT = 1.0
_STEADY = frozenset({"InService", "Failed", "Update_Failed"})


def _busy(noun: str) -> Refusal:
    return Refusal("ResourceInUse", f"{noun} [{{key}}] is in status {{status}}.", CODE_ONLY)


def _create_domain(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    kind = engine.kinds["Domain"]
    if any(each.request["DomainName"] == params["DomainName"] for each in engine.store.all(region, "Domain")):
        # Source: service model (code); text ours.
        raise AwsError("ResourceInUse", f"Domain with name {params['DomainName']} already exists.")
    if params.get("AppNetworkAccessType") == "VpcOnly" and not params.get("VpcId"):
        # Source: API reference, CreateDomain; text ours.
        raise AwsError("ValidationException", "VpcId and SubnetIds are required with VpcOnly.")
    made = "d-" + identifier(engine, f"domain/{region}")
    record = engine.create(kind, region, {**params, "DomainId": made})
    url = f"https://{made}.studio.{region}.sagemaker.aws"
    record.set(Url=url, HomeEfsFileSystemId="fs-" + identifier(engine, f"efs/{region}", 8))
    return {"DomainArn": record.arn, "DomainId": made, "Url": url}


def _updated_domain(engine: Any, record: Any, request: dict[str, Any]) -> None:
    merged = dict(record.request)
    changes = merged.pop("DomainSettingsForUpdate", None)
    if changes:
        changes = dict(changes)
        server = changes.pop("RStudioServerProDomainSettingsForUpdate", None)
        if server is not None:
            changes["RStudioServerProDomainSettings"] = server
        merged["DomainSettings"] = {**(merged.get("DomainSettings") or {}), **changes}
    for member in ("DefaultUserSettings", "DefaultSpaceSettings"):
        if request.get(member) and record.private.get(member):
            merged[member] = {**record.private[member], **request[member]}
    record.request = merged


def _before_update_domain(engine: Any, record: Any, request: dict[str, Any]) -> None:
    # What an update does not name stays (API reference, UpdateDomain: members are set one by one).
    for member in ("DefaultUserSettings", "DefaultSpaceSettings"):
        record.private[member] = record.request.get(member)


def _children(engine: Any, region: str, domain: str, kinds: tuple[str, ...]) -> list[Any]:
    return [each for kind in kinds for each in engine.store.all(region, kind) if each.key[0] == domain]


def _delete_domain(engine: Any, record: Any) -> None:
    inside = _children(engine, record.region, record.name, ("UserProfile", "Space", "App"))
    if inside:
        # Source: API reference, DeleteDomain; text ours.
        raise AwsError(
            "ResourceInUse",
            f"Unable to delete Domain [{record.arn}] because {inside[0].kind}(s) are associated with it.",
        )


def _in_domain(engine: Any, region: str, request: dict[str, Any]) -> None:
    engine.locate("Domain", region, {"DomainId": request["DomainId"]})


def _merge_settings(engine: Any, record: Any, request: dict[str, Any]) -> None:
    for member in ("UserSettings", "SpaceSettings"):
        if request.get(member):
            request[member] = {**(record.request.get(member) or {}), **request[member]}


def _delete_owner(engine: Any, record: Any) -> None:
    member = "UserProfileName" if record.kind == "UserProfile" else "SpaceName"
    apps = [
        app.name
        for app in engine.store.all(record.region, "App")
        if app.key[0] == record.key[0] and app.request.get(member) == record.name
    ]
    if apps:
        # Source: github.com/aws/amazon-sagemaker-feedback issue 113 (of a user profile; a space by analogy).
        raise AwsError(
            "ResourceInUse", f"Unable to delete {record.kind} [{record.arn}] because App(s) are associated with it."
        )


def _described_profile(engine: Any, record: Any, members: dict[str, Any]) -> None:
    members.setdefault("HomeEfsFileSystemUid", "200005")


def _describe_space(engine: Any, record: Any, members: dict[str, Any]) -> None:
    members.setdefault("HomeEfsFileSystemUid", "200005")
    settings = members.get("SpaceSettings") or {}
    if settings:
        summary = {k: settings[k] for k in ("AppType", "RemoteAccess", "SpaceStorageSettings") if settings.get(k)}
        members["SpaceSettingsSummary"] = summary or None
    if members.get("OwnershipSettings"):
        members["OwnershipSettingsSummary"] = members["OwnershipSettings"]
    if members.get("SpaceSharingSettings"):
        members["SpaceSharingSettingsSummary"] = members["SpaceSharingSettings"]


def _check_app(engine: Any, region: str, request: dict[str, Any]) -> None:
    _in_domain(engine, region, request)
    if bool(request.get("UserProfileName")) == bool(request.get("SpaceName")):
        # Source: API reference, CreateApp: UserProfileName or SpaceName; text ours.
        raise AwsError("ValidationException", "Specify either UserProfileName or SpaceName.")
    owner = "UserProfile" if request.get("UserProfileName") else "Space"
    engine.locate(owner, region, request)


def _create_app(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    owner = params.get("UserProfileName") or params.get("SpaceName") or ""
    arn = engine.arn(region, f"app/{params['DomainId']}/{owner}/{params['AppType'].lower()}/{params['AppName']}")
    return {"AppArn": engine.create(engine.kinds["App"], region, params, arn=arn).arn}


def _describe_feature_group(engine: Any, record: Any, members: dict[str, Any]) -> None:
    # The output shape requires NextToken; all features fit one page here.
    members["NextToken"] = ""
    if "OfflineStoreConfig" in members:
        store = dict(members["OfflineStoreConfig"])
        where = dict(store["S3StorageConfig"])
        where.setdefault(
            "ResolvedOutputS3Uri",
            f"{where['S3Uri'].rstrip('/')}/{engine.account_id}/sagemaker/{record.region}/offline-store/{record.name}-"
            f"{int(record.created)}/data",
        )
        store["S3StorageConfig"] = where
        if not store.get("DisableGlueTableCreation"):
            store.setdefault(
                "DataCatalogConfig",
                {
                    "TableName": f"{record.name.lower().replace('-', '_')}_{int(record.created)}",
                    "Catalog": "AwsDataCatalog",
                    "Database": "sagemaker_featurestore",
                },
            )
        members["OfflineStoreConfig"] = store
        members.setdefault("OfflineStoreStatus", {"Status": "Active"})


def _check_feature_group(engine: Any, region: str, request: dict[str, Any]) -> None:
    names = [feature["FeatureName"] for feature in request["FeatureDefinitions"]]
    for member in ("RecordIdentifierFeatureName", "EventTimeFeatureName"):
        if request[member] not in names:
            # Source: API reference, CreateFeatureGroup; text ours.
            raise AwsError(
                "ValidationException", f"Validation Error: {member} {request[member]} is not in FeatureDefinitions."
            )
    _check_features(names)
    types = {feature["FeatureName"]: feature["FeatureType"] for feature in request["FeatureDefinitions"]}
    if types[request["EventTimeFeatureName"]] not in ("String", "Fractional"):
        # Source: API reference, CreateFeatureGroup.EventTimeFeatureName; text ours.
        raise AwsError("ValidationException", "Validation Error: the EventTime feature must be a String or Fractional.")
    offline = request.get("OfflineStoreConfig")
    if not request.get("OnlineStoreConfig", {}).get("EnableOnlineStore") and not offline:
        # Source: github.com/aws/sagemaker-core issue 175.
        raise AwsError(
            "ValidationException",
            "Validation Error: OnlineStore and OfflineStore cannot be both disabled. Please enable at least one of them and "
            "retry the request.",
        )
    if offline and not request.get("RoleArn"):
        # Source: API reference, CreateFeatureGroup.RoleArn; text ours.
        raise AwsError("ValidationException", "Validation Error: RoleArn is required with an OfflineStoreConfig.")


def _check_features(names: list[str]) -> None:
    """Names of features. Source: API reference, FeatureDefinition.FeatureName (uniqueness inferred); text ours."""
    reserved = sorted({name for name in names if name in ("is_deleted", "write_time", "api_invocation_time")})
    if reserved:
        raise AwsError("ValidationException", f"Validation Error: the feature name {reserved[0]} is reserved.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise AwsError("ValidationException", f"Validation Error: the feature name {twice[0]} is used more than once.")


def _before_update_features(engine: Any, record: Any, request: dict[str, Any]) -> None:
    changes = [m for m in ("FeatureAdditions", "OnlineStoreConfig", "ThroughputConfig") if request.get(m)]
    if len(changes) > 1 or (record.get("LastUpdateStatus") or {}).get("Status") == "InProgress":
        # Source: API reference, UpdateFeatureGroup (one kind of change at a time); text ours.
        raise AwsError(
            "ValidationException",
            f"Validation Error: {' and '.join(changes)} cannot be changed while another change is made.",
        )
    _check_features([feature["FeatureName"] for feature in request.get("FeatureAdditions") or ()])
    have = {feature["FeatureName"] for feature in record.request["FeatureDefinitions"]}
    twice = [
        feature["FeatureName"] for feature in request.get("FeatureAdditions") or () if feature["FeatureName"] in have
    ]
    if twice:
        # Source: API reference, UpdateFeatureGroup; text ours.
        raise AwsError("ValidationException", f"Validation Error: feature(s) {', '.join(twice)} already exist.")
    record.private["online"] = record.request.get("OnlineStoreConfig")


def _updated_features(engine: Any, record: Any, request: dict[str, Any]) -> None:
    merged = dict(record.request)
    merged["FeatureDefinitions"] = [*merged["FeatureDefinitions"], *(merged.pop("FeatureAdditions", None) or [])]
    online = record.private.pop("online", None)
    if request.get("OnlineStoreConfig"):
        merged["OnlineStoreConfig"] = {**(online or {}), **request["OnlineStoreConfig"]}
    record.request = merged


def _features_changing(engine: Any, record: Any, at: float) -> None:
    record.set(LastUpdateStatus={"Status": "InProgress"})


def _features_changed(engine: Any, record: Any, at: float) -> None:
    record.set(LastUpdateStatus={"Status": "Successful"})


def _feature(engine: Any, region: str, params: dict[str, Any]) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    record = engine.locate("FeatureGroup", region, params)
    for feature in record.request["FeatureDefinitions"]:
        if feature["FeatureName"] == params["FeatureName"]:
            notes = record.private.setdefault("features", {}).setdefault(params["FeatureName"], {"parameters": {}})
            return record, feature, notes
    # Source: service model (code); text ours.
    raise AwsError("ResourceNotFound", f"Feature {params['FeatureName']} of {record.arn} does not exist.")


def _describe_feature(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record, feature, notes = _feature(engine, region, params)
    answer = {
        "FeatureGroupArn": record.arn,
        "FeatureGroupName": record.name,
        "FeatureName": feature["FeatureName"],
        "FeatureType": feature.get("FeatureType", "String"),
        "CreationTime": record.created,
        "LastModifiedTime": notes.get("modified", record.created),
        "Parameters": [{"Key": key, "Value": value} for key, value in notes["parameters"].items()],
    }
    if notes.get("description"):
        answer["Description"] = notes["description"]
    return answer


def _update_feature(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    _, _, notes = _feature(engine, region, params)
    if "Description" in params:
        notes["description"] = params["Description"]
    notes["parameters"].update({each["Key"]: each["Value"] for each in params.get("ParameterAdditions") or ()})
    for key in params.get("ParameterRemovals") or ():
        notes["parameters"].pop(key, None)
    notes["modified"] = engine.clock.now()
    return {}


def _presigned(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = engine.locate("Domain", region, params)
    engine.locate("UserProfile", region, params)
    return {"AuthorizedUrl": f"{record.get('Url')}/auth?token=local"}


_LIFE: dict[str, Any] = {
    "status": "Status",
    "creating": (Step("Pending", SHORT), Step("InService")),
    "deleting": (Step("Deleting", SHORT),),
    "delete_from": _STEADY | {"Delete_Failed"},
    "list_order": "Ascending",
}
_CHANGING: dict[str, Any] = {"updating": (Step("Updating", SHORT), Step("InService")), "update_from": _STEADY}

KINDS = (
    Kind(
        name="Domain",
        key="DomainId",
        arn="domain/{DomainId}",
        source="service model DomainStatus",
        not_found=missing("Domain"),
        duplicate=None,
        roles=(),
        update_busy=_busy("Domain"),
        delete_busy=_busy("Domain"),
        defaults={"AppNetworkAccessType": "PublicInternetOnly"},
        special={
            "before_update": _before_update_domain,
            "updated": _updated_domain,
            "before_delete": _delete_domain,
        },
        **_LIFE,
        **_CHANGING,
    ),
    Kind(
        name="UserProfile",
        key="UserProfileName",
        scope=("DomainId",),
        arn="user-profile/{DomainId}/{UserProfileName}",
        source="service model UserProfileStatus",
        not_found=missing("UserProfile"),
        duplicate=Refusal("ResourceInUse", "UserProfile [{key}] already exists.", CODE_ONLY),
        update_busy=_busy("UserProfile"),
        delete_busy=_busy("UserProfile"),
        special={
            "before_create": _in_domain,
            "before_update": _merge_settings,
            "before_delete": _delete_owner,
            "describe": _described_profile,
        },
        **_LIFE,
        **_CHANGING,
    ),
    Kind(
        name="Space",
        key="SpaceName",
        scope=("DomainId",),
        arn="space/{DomainId}/{SpaceName}",
        source="service model SpaceStatus",
        not_found=missing("Space"),
        duplicate=Refusal("ResourceInUse", "Space [{key}] already exists.", CODE_ONLY),
        update_busy=_busy("Space"),
        delete_busy=_busy("Space"),
        special={
            "before_create": _in_domain,
            "before_update": _merge_settings,
            "before_delete": _delete_owner,
            "describe": _describe_space,
        },
        **_LIFE,
        **_CHANGING,
    ),
    Kind(
        name="App",
        key="AppName",
        scope=("DomainId", "UserProfileName", "SpaceName", "AppType"),
        arn="app/{DomainId}/{AppType}/{AppName}",
        source="service model AppStatus",
        not_found=missing("App"),
        duplicate=Refusal("ResourceInUse", "App [{key}] already exists.", CODE_ONLY),
        delete_busy=_busy("App"),
        special={"before_create": _check_app},
        **_LIFE,
    ),
    Kind(
        name="FeatureGroup",
        key="FeatureGroupName",
        arn="feature-group/{FeatureGroupName}",
        source="service model FeatureGroupStatus",
        not_found=Refusal(
            "ResourceNotFound",
            "Resource Not Found: Amazon SageMaker can't find a FeatureGroup with name {name}",
            "github.com/aws/sagemaker-python-sdk issue 2606",
        ),
        duplicate=Refusal(
            "ResourceInUse",
            "Resource Already Exists: FeatureGroup with name {name} already exists. Choose a different name.",
            CODE_ONLY,
        ),
        status="FeatureGroupStatus",
        # ACK SageMaker, feature_group: late_initialize of generator.yaml.
        defaults={
            "OfflineStoreConfig?.DisableGlueTableCreation": False,
            "OfflineStoreConfig?.TableFormat": "Glue",
            "ThroughputConfig.ThroughputMode": "OnDemand",
        },
        failed="CreateFailed",
        creating=(Step("Creating", SHORT), Step("Created")),
        # API reference, UpdateFeatureGroup: asynchronous, seen in LastUpdateStatus.
        updating=(Step("Created", SHORT, _features_changing), Step("Created", 0, _features_changed)),
        deleting=(Step("Deleting", SHORT),),
        update_from=frozenset({"Created"}),
        update_busy=Refusal(
            "ValidationException", "Validation Error: FeatureGroup {name} is in status {status}.", CODE_ONLY
        ),
        delete_from=frozenset({"Created", "CreateFailed", "DeleteFailed"}),
        delete_busy=Refusal(
            "ValidationException", "Validation Error: FeatureGroup {name} is in status {status}.", CODE_ONLY
        ),
        special={
            "before_create": _check_feature_group,
            "describe": _describe_feature_group,
            "before_update": _before_update_features,
            "updated": _updated_features,
        },
    ),
)

OPERATIONS = {
    "CreateDomain": _create_domain,
    "CreateApp": _create_app,
    "DescribeFeatureMetadata": _describe_feature,
    "UpdateFeatureMetadata": _update_feature,
    "CreatePresignedDomainUrl": _presigned,
}
