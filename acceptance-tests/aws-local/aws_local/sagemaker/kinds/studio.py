"""Studio domains, user profiles, spaces, apps; feature groups."""

from __future__ import annotations

from typing import Any

from ... import presigned_pages
from ...services import AwsError
from ..common import CODE_ONLY, identifier, missing
from ..defaults import below
from ..kind import Kind, Refusal, Step

SHORT = 1.0
_STEADY = frozenset({"InService", "Failed", "Update_Failed"})
_DAY = 86400.0
# An app that is neither needs to go before what it belongs to. Source: SageMaker developer guide, "Delete a domain".
_PAST = frozenset({"Deleted", "Failed"})


def _busy(noun: str) -> Refusal:
    return Refusal("ResourceInUse", f"{noun} [{{key}}] is in status {{status}}.", CODE_ONLY)


def _create_domain(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    kind = engine.kinds["Domain"]
    # Before an ID is given.
    _check_domain(engine, region, params)
    with engine._create_lock:
        if any(each.request["DomainName"] == params["DomainName"] for each in engine.store.all(region, "Domain")):
            # Source: service model (code); text ours.
            raise AwsError("ResourceInUse", f"Domain with name {params['DomainName']} already exists.")
        made = "d-" + identifier(engine, f"domain/{region}")
        record = engine.create(kind, region, {**params, "DomainId": made})
    url = f"https://{made}.studio.{region}.sagemaker.aws"
    record.set(Url=url)
    _make_file_system(engine, record)
    return {"DomainArn": record.arn, "DomainId": made, "Url": url}


def _make_file_system(engine: Any, record: Any) -> None:
    """Source: API reference, CreateDomain.HomeEfsFileSystemCreation."""
    if record.request.get("HomeEfsFileSystemCreation") == "Disabled" or record.get("HomeEfsFileSystemId"):
        return
    made = "fs-" + identifier(engine, f"efs/{record.region}", 8)
    engine.file_systems[made] = {"region": record.region, "domain": record.name}
    record.set(HomeEfsFileSystemId=made)


def _check_domain(engine: Any, region: str, request: dict[str, Any]) -> None:
    if request.get("AppNetworkAccessType") == "VpcOnly" and not request.get("VpcId"):
        # Source: API reference, CreateDomain; text ours.
        raise AwsError("ValidationException", "VpcId and SubnetIds are required with VpcOnly.")
    settings = request.get("DefaultUserSettings") or {}
    if request.get("AppNetworkAccessType") == "VpcOnly" and not settings.get("SecurityGroups"):
        # Source: API reference, UserSettings.SecurityGroups; text ours.
        raise AwsError("ValidationException", "DefaultUserSettings.SecurityGroups is required with VpcOnly.")
    if settings.get("AutoMountHomeEFS") == "DefaultAsDomain":
        # Source: API reference, UserSettings.AutoMountHomeEFS; text ours.
        raise AwsError("ValidationException", "AutoMountHomeEFS of a domain cannot be DefaultAsDomain.")
    _check_settings(engine, region, request)


def _check_settings(engine: Any, region: str, request: dict[str, Any]) -> None:
    """The roles that users and spaces run with, and what they store at most."""
    for member in ("DefaultUserSettings", "DefaultSpaceSettings", "UserSettings"):
        settings = request.get(member) or {}
        if settings.get("ExecutionRole"):
            engine.check_role(settings["ExecutionRole"], region)
        storage = (settings.get("SpaceStorageSettings") or {}).get("DefaultEbsStorageSettings") or {}
        if storage and storage["DefaultEbsVolumeSizeInGb"] > storage["MaximumEbsVolumeSizeInGb"]:
            # Source: API reference, DefaultEbsStorageSettings (the meaning of both); text ours.
            raise AwsError("ValidationException", "DefaultEbsVolumeSizeInGb is greater than MaximumEbsVolumeSizeInGb.")


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
    _make_file_system(engine, record)


def _before_update_domain(engine: Any, record: Any, request: dict[str, Any]) -> None:
    efs = "HomeEfsFileSystemCreation"
    if request.get(efs) == "Disabled" and record.request.get(efs, "Enabled") == "Enabled":
        # Source: API reference, UpdateDomain.HomeEfsFileSystemCreation; text ours.
        raise AwsError("ValidationException", f"{efs} cannot be changed from Enabled to Disabled.")
    network = "AppNetworkAccessType"
    apps = [app for app in _children(engine, record.region, record.name, ("App",)) if app._status not in _PAST]
    if apps and request.get(network, record.request.get(network)) != record.request.get(network):
        # Source: API reference, UpdateDomain.AppNetworkAccessType; text ours.
        raise AwsError("ResourceInUse", f"{network} of {record.arn} cannot be changed while apps are running.")
    _check_settings(engine, record.region, request)
    # What an update does not name stays (API reference, UpdateDomain: members are set one by one).
    for member in ("DefaultUserSettings", "DefaultSpaceSettings"):
        record.private[member] = record.request.get(member)


def _children(engine: Any, region: str, domain: str, kinds: tuple[str, ...]) -> list[Any]:
    return [each for kind in kinds for each in engine.store.all(region, kind) if each.key[0] == domain]


def _before_delete_domain(engine: Any, record: Any) -> None:
    inside = _children(engine, record.region, record.name, ("UserProfile", "Space", "App"))
    inside = [each for each in inside if each.kind != "App" or each._status not in _PAST]
    if inside:
        # Source: API reference, DeleteDomain; text ours.
        raise AwsError(
            "ResourceInUse",
            f"Unable to delete Domain [{record.arn}] because {inside[0].kind}(s) are associated with it.",
        )


def _delete_domain(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = engine.locate("Domain", region, params)
    engine.delete(record)
    record.private["retention"] = (params.get("RetentionPolicy") or {}).get("HomeEfsFileSystem", "Retain")
    return {}


def _domain_gone(engine: Any, record: Any) -> None:
    """Source: API reference, RetentionPolicy.HomeEfsFileSystem: the file system stays unless it is to be deleted."""
    if record.private.get("retention") == "Delete":
        engine.file_systems.pop(record.get("HomeEfsFileSystemId"), None)
    for app in _children(engine, record.region, record.name, ("App",)):
        engine.store.drop(app)


def _in_domain(engine: Any, region: str, request: dict[str, Any]) -> Any:
    domain = engine.locate("Domain", region, {"DomainId": request["DomainId"]})
    if domain._status not in _STEADY:
        raise engine.refuse(_busy("Domain"), key=domain.name, status=domain._status)
    return domain


def _check_profile(engine: Any, region: str, request: dict[str, Any]) -> None:
    domain = _in_domain(engine, region, request)
    signs_on = bool(request.get("SingleSignOnUserIdentifier")), bool(request.get("SingleSignOnUserValue"))
    if signs_on != (domain.request["AuthMode"] == "SSO",) * 2:
        # Source: API reference, CreateUserProfile.SingleSignOnUserIdentifier; text ours.
        raise AwsError(
            "ValidationException",
            "SingleSignOnUserIdentifier and SingleSignOnUserValue are required in a domain with AuthMode SSO, and cannot be "
            "specified in one with IAM.",
        )
    _check_settings(engine, region, request)


def _check_space(engine: Any, region: str, request: dict[str, Any]) -> None:
    _in_domain(engine, region, request)
    owner = (request.get("OwnershipSettings") or {}).get("OwnerUserProfileName")
    if owner:
        engine.locate("UserProfile", region, {"DomainId": request["DomainId"], "UserProfileName": owner})


def _merge_settings(engine: Any, record: Any, request: dict[str, Any]) -> None:
    _check_settings(engine, record.region, request)
    for member in ("UserSettings", "SpaceSettings"):
        if request.get(member):
            request[member] = {**(record.request.get(member) or {}), **request[member]}


def _delete_owner(engine: Any, record: Any) -> None:
    member = "UserProfileName" if record.kind == "UserProfile" else "SpaceName"
    apps = [
        app.name
        for app in engine.store.all(record.region, "App")
        if app.key[0] == record.key[0] and app.request.get(member) == record.name and app._status not in _PAST
    ]
    if apps:
        # Source: github.com/aws/amazon-sagemaker-feedback issue 113 (of a user profile; a space by analogy).
        raise AwsError(
            "ResourceInUse", f"Unable to delete {record.kind} [{record.arn}] because App(s) are associated with it."
        )
    owned = [
        space
        for space in _children(engine, record.region, record.key[0], ("Space",))
        if (space.request.get("OwnershipSettings") or {}).get("OwnerUserProfileName") == record.name
    ]
    if record.kind == "UserProfile" and owned:
        # Source: github.com/rebuy-de/aws-nuke issue 1184 (that spaces keep user profiles from being deleted); text ours.
        raise AwsError(
            "ResourceInUse", f"Unable to delete {record.kind} [{record.arn}] because Space(s) are associated with it."
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
    former = engine.store.get(region, "App", engine.key_of(engine.kinds["App"], params))
    if former is not None and former._status in _PAST:
        # Its name is free: terraform-provider-aws, internal/service/sagemaker, which takes a deleted app for gone.
        engine.store.drop(former)
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
    profile = engine.locate("UserProfile", region, params)
    if record.request["AuthMode"] != "IAM":
        # Source: API reference, CreatePresignedDomainUrl; text ours.
        raise AwsError("ValidationException", f"AuthMode of {record.arn} is not IAM.")
    if profile._status != "InService":
        raise engine.refuse(_busy("UserProfile"), key="/".join(profile.key), status=profile._status)
    if params.get("SpaceName"):
        engine.locate("Space", region, params)
    url = f"{record.get('Url')}/auth?token={identifier(engine, 'studio/token', 32)}"
    shows = f"{profile.name} in the domain {record.request['DomainName']}"
    seconds = params.get("ExpiresInSeconds", presigned_pages.STUDIO_SECONDS)
    return {"AuthorizedUrl": presigned_pages.note(engine, url, shows, seconds)}


_LIFE: dict[str, Any] = {
    "status": "Status",
    "creating": (Step("Pending", SHORT), Step("InService")),
    "deleting": (Step("Deleting", SHORT),),
    "delete_from": _STEADY | {"Delete_Failed"},
    "list_order": "Ascending",
}
_CHANGING: dict[str, Any] = {"updating": (Step("Updating", SHORT), Step("InService")), "update_from": _STEADY}

_SIZES = {"DefaultEbsVolumeSizeInGb": 5, "MaximumEbsVolumeSizeInGb": 100}
_STORAGE: dict[str, Any] = {"SpaceStorageSettings.DefaultEbsStorageSettings": _SIZES}
# API reference, ResourceSpec.InstanceType, of an app that has settings; the image is AWS's own.
_SPECS: dict[str, Any] = {
    "JupyterServerAppSettings?.DefaultResourceSpec.InstanceType": "system",
    "JupyterLabAppSettings?.DefaultResourceSpec.InstanceType": "ml.t3.medium",
}

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
        # API reference, CreateDomain; of the settings those that ACK's generator.yaml takes over from AWS (late_initialize) and
        # terraform-provider-aws declares as computed, with the values that the developer guide names.
        defaults={
            "AppNetworkAccessType": "PublicInternetOnly",
            "TagPropagation": "DISABLED",
            "HomeEfsFileSystemCreation": "Enabled",
            "DefaultUserSettings.StudioWebPortal": "ENABLED",
            "DefaultUserSettings.DefaultLandingUri": "studio::",
            "DefaultUserSettings.AutoMountHomeEFS": "Enabled",
            **below("DefaultUserSettings", _STORAGE),
            **below("DefaultUserSettings", _SPECS),
            "DefaultSpaceSettings?.SpaceStorageSettings.DefaultEbsStorageSettings": _SIZES,
            "DomainSettings.DockerSettings.EnableDockerAccess": "DISABLED",
            "DomainSettings.IpAddressType": "ipv4",
        },
        special={
            "before_update": _before_update_domain,
            "updated": _updated_domain,
            "before_delete": _before_delete_domain,
            "gone": _domain_gone,
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
        # API reference, CreateUserProfile.UserProfileName.
        case_insensitive=True,
        # ACK's generator.yaml, late_initialize of user profiles.
        defaults=below("UserSettings?", _SPECS),
        special={
            "before_create": _check_profile,
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
            "before_create": _check_space,
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
        # A deleted app is still described: terraform-provider-aws, internal/service/sagemaker; that it is so for a day: developer
        # guide, "Delete a domain" (24 hours).
        **_LIFE | {"deleting": (Step("Deleting", SHORT), Step("Deleted", _DAY))},
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
    "DeleteDomain": _delete_domain,
    "CreateApp": _create_app,
    "DescribeFeatureMetadata": _describe_feature,
    "UpdateFeatureMetadata": _update_feature,
    "CreatePresignedDomainUrl": _presigned,
}
