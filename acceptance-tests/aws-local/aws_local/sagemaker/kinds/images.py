"""SageMaker images and their versions."""

from __future__ import annotations

from typing import Any

from ...services import AwsError
from .. import listing
from ..common import missing
from ..kind import Kind, Refusal, Step
from .serving import resolved

SHORT = 1.0


def _updated(engine: Any, record: Any, request: dict[str, Any]) -> None:
    merged = dict(record.request)
    for name in merged.pop("DeleteProperties", None) or ():
        merged.pop(name, None)
    record.request = merged


def versions_of(engine: Any, image: Any) -> list[Any]:
    """The versions of an image, oldest first."""
    return [each for each in engine.store.all(image.region, "ImageVersion") if each.key[0] == image.name]


def _delete(engine: Any, record: Any) -> None:
    # API reference, DeleteImage: deletes the image and all its versions.
    for version in versions_of(engine, record):
        engine.delete(version)


def _locate(engine: Any, region: str, params: dict[str, Any]) -> Any:
    """The version that a number or an alias names; without either the latest (API reference, DescribeImageVersion)."""
    image = engine.locate("Image", region, params)
    versions = versions_of(engine, image)
    if "Alias" in params:
        versions = [each for each in versions if params["Alias"] in (each.request.get("Aliases") or ())]
    elif "Version" in params:
        versions = [each for each in versions if each.key[1] == str(params["Version"])]
    if not versions:
        wanted = params.get("Alias") or params.get("Version") or "latest"
        if wanted == "latest":
            # Source: github.com/aws-samples/sagemaker-studio-custom-image-samples issue 17.
            text = f"Latest ImageVersion with ImageName {image.name} does not exist. Please provide a valid ImageName."
            raise AwsError("ResourceNotFound", text)
        # Source: service model (code); text ours.
        raise AwsError("ResourceNotFound", f"ImageVersion [{image.name}/{wanted}] does not exist.")
    return versions[-1]


def _create_version(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    image = engine.locate("Image", region, params)
    number = engine.store.next(f"image versions/{region}/{image.name}")
    _free_aliases(engine, image, params.get("Aliases") or ())
    arn = engine.arn(region, f"image-version/{image.name.lower()}/{number}")
    record = engine.create(engine.kinds["ImageVersion"], region, params, (image.name, str(number)), arn)
    record.set(Version=number, ImageArn=image.arn, ContainerImage=resolved(params["BaseImage"]))
    return {"ImageVersionArn": arn}


def _free_aliases(engine: Any, image: Any, aliases: Any) -> None:
    for version in versions_of(engine, image):
        taken = set(version.request.get("Aliases") or ()) & set(aliases)
        if taken:
            # Source: service model (code); text ours.
            raise AwsError("ResourceInUse", f"Alias(es) {', '.join(sorted(taken))} of {image.arn} are in use.")


def _describe_version(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    described = engine.describe(_locate(engine, region, params))
    shape = ("BaseImage", "ContainerImage", "CreationTime", "FailureReason", "ImageArn", "ImageVersionArn",
             "ImageVersionStatus", "LastModifiedTime", "Version", "VendorGuidance", "JobType", "MLFramework",
             "ProgrammingLang", "Processor", "Horovod", "ReleaseNotes")  # fmt: skip
    return {name: described[name] for name in shape if name in described}


def _update_version(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = _locate(engine, region, params)
    image = engine.locate("Image", region, params)
    aliases = [
        each for each in record.request.get("Aliases") or () if each not in (params.get("AliasesToDelete") or ())
    ]
    added = params.get("AliasesToAdd") or []
    _free_aliases(engine, image, added)
    names = ("VendorGuidance", "JobType", "MLFramework", "ProgrammingLang", "Processor", "Horovod", "ReleaseNotes")
    changes = {name: params[name] for name in names if name in params}
    engine.update(record, {**changes, "Aliases": [*aliases, *added]})
    return {"ImageVersionArn": record.arn}


def _delete_version(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    engine.delete(_locate(engine, region, params))
    return {}


def _list_versions(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    image = engine.locate("Image", region, params)
    kind = engine.kinds["ImageVersion"]
    rest = {name: value for name, value in params.items() if name not in ("ImageName", "SortBy")}
    found = [
        each for each in versions_of(engine, image) if listing.matches(engine, kind, each, engine.describe(each), rest)
    ]
    if params.get("SortOrder") != "Ascending":
        found.reverse()
    page, token = listing.page(found, params, 10)
    members = (
        "CreationTime",
        "FailureReason",
        "ImageArn",
        "ImageVersionArn",
        "ImageVersionStatus",
        "LastModifiedTime",
        "Version",
    )
    shown = [engine.describe(each) for each in page]
    return {
        "ImageVersions": [{name: each[name] for name in members if name in each} for each in shown],
        **({"NextToken": token} if token else {}),
    }


def _aliases(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    image = engine.locate("Image", region, params)
    found = [
        alias
        for version in versions_of(engine, image)
        for alias in version.request.get("Aliases") or ()
        if params.get("Version") in (None, int(version.key[1])) and params.get("Alias") in (None, alias)
    ]
    page, token = listing.page(found, params, 10)
    return {"SageMakerImageVersionAliases": page, **({"NextToken": token} if token else {})}


KINDS = (
    Kind(
        name="Image",
        key="ImageName",
        arn="image/{ImageName}",
        source="service model ImageStatus; waiters",
        not_found=missing("Image"),
        duplicate=Refusal(
            "ResourceInUse",
            "The Image with ImageName {name} already exists. Please use a different ImageName.",
            "github.com/aws-samples/sagemaker-studio-custom-image-samples issue 17",
        ),
        status="ImageStatus",
        failed="CREATE_FAILED",
        creating=(Step("CREATING", SHORT), Step("CREATED")),
        updating=(Step("UPDATING", SHORT), Step("CREATED")),
        deleting=(Step("DELETING", SHORT),),
        update_from=frozenset({"CREATED", "UPDATE_FAILED"}),
        delete_from=frozenset({"CREATED", "CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED"}),
        special={"updated": _updated, "before_delete": _delete},
    ),
    Kind(
        name="ImageVersion",
        key="ImageName",
        arn="image-version/{ImageName}",
        source="service model ImageVersionStatus; waiters",
        not_found=missing("ImageVersion"),
        duplicate=None,
        status="ImageVersionStatus",
        failed="CREATE_FAILED",
        creating=(Step("CREATING", SHORT), Step("CREATED")),
        deleting=(Step("DELETING", SHORT),),
        delete_from=frozenset({"CREATED", "CREATE_FAILED", "DELETE_FAILED"}),
    ),
)

OPERATIONS = {
    "CreateImageVersion": _create_version,
    "DescribeImageVersion": _describe_version,
    "UpdateImageVersion": _update_version,
    "DeleteImageVersion": _delete_version,
    "ListImageVersions": _list_versions,
    "ListAliases": _aliases,
}
