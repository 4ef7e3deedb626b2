"""Notebook instances and their lifecycle configurations."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from ... import presigned_pages, quotas
from ...network_interfaces import interface_id
from ...services import AwsError
from ..common import ACK, identifier, transition_refused
from ..kind import Kind, Refusal, Step

STARTING, STOPPING, UPDATING, DELETING = 1.5, 1.0, 1.0, 1.0


def _check(engine: Any, region: str, request: dict[str, Any]) -> None:
    if "InstanceType" in request:
        quotas.check(engine, region, "notebook instance usage", [(request["InstanceType"], 1)])
    if request.get("LifecycleConfigName"):
        engine.locate(
            "NotebookInstanceLifecycleConfig",
            region,
            {"NotebookInstanceLifecycleConfigName": request["LifecycleConfigName"]},
        )
    if request.get("DirectInternetAccess") == "Disabled" and not request.get("SubnetId"):
        # Source: API reference, CreateNotebookInstance.DirectInternetAccess; text ours.
        raise AwsError("ValidationException", "DirectInternetAccess can be Disabled only with a SubnetId.")


def _created(engine: Any, record: Any) -> None:
    record.set(Url=f"{record.name.lower()}.notebook.{record.region}.sagemaker.aws")
    if record.request.get("SubnetId"):
        record.set(NetworkInterfaceId=interface_id(record, record.request["SubnetId"]))


def _before_update(engine: Any, record: Any, request: dict[str, Any]) -> None:
    _check(engine, record.region, {k: v for k, v in request.items() if k == "LifecycleConfigName"})
    size = record.request.get("VolumeSizeInGB", 5)
    if request.get("VolumeSizeInGB", size) < size:
        # Source: API reference, UpdateNotebookInstance.VolumeSizeInGB ("you can't decrease the volume size"); text ours.
        raise AwsError("ValidationException", f"VolumeSizeInGB of {record.arn} cannot be decreased from {size} GB.")


def _updated(engine: Any, record: Any, request: dict[str, Any]) -> None:
    gone = {
        "DisassociateLifecycleConfig": "LifecycleConfigName",
        "DisassociateAcceleratorTypes": "AcceleratorTypes",
        "DisassociateDefaultCodeRepository": "DefaultCodeRepository",
        "DisassociateAdditionalCodeRepositories": "AdditionalCodeRepositories",
    }
    merged = dict(record.request)
    for flag, member in gone.items():
        if merged.pop(flag, False):
            merged.pop(member, None)
    record.request = merged


def _presigned(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = engine.locate("NotebookInstance", region, params)
    if record.status != "InService":
        # Source: API reference, CreatePresignedNotebookInstanceUrl; text ours.
        raise AwsError("ValidationException", f"Notebook Instance {record.arn} is not InService.")
    url = f"https://{record.get('Url')}?authToken={identifier(engine, 'notebook/token', 32)}"
    shows = f"The notebook instance {record.name}"
    return {"AuthorizedUrl": presigned_pages.note(engine, url, shows, presigned_pages.NOTEBOOK_SECONDS)}


def _check_scripts(engine: Any, region: str, request: dict[str, Any]) -> None:
    for member in ("OnCreate", "OnStart"):
        for hook in request.get(member) or ():
            try:
                base64.b64decode(hook.get("Content", ""), validate=True)
            except binascii.Error as error:
                # Source: API reference, NotebookInstanceLifecycleHook.Content; text ours.
                raise AwsError("ValidationException", f"{member} is not base64 encoded.") from error


def _before_update_config(engine: Any, record: Any, request: dict[str, Any]) -> None:
    _check_scripts(engine, record.region, request)


def _delete_config(engine: Any, record: Any) -> None:
    users = [
        notebook.name
        for notebook in engine.store.all(record.region, "NotebookInstance")
        if notebook.request.get("LifecycleConfigName") == record.name
    ]
    if users:
        # Source: API reference, DeleteNotebookInstanceLifecycleConfig; text ours.
        raise AwsError(
            "ValidationException",
            f"Unable to delete Notebook Instance Lifecycle Config {record.arn}. (Details: it is used by {', '.join(users)}.)",
        )


KINDS = (
    Kind(
        name="NotebookInstance",
        key="NotebookInstanceName",
        arn="notebook-instance/{NotebookInstanceName}",
        source="service model NotebookInstanceStatus; waiters",
        not_found=Refusal("ValidationException", "RecordNotFound", ACK),
        duplicate=Refusal(
            "ValidationException",
            "Cannot create a duplicate Notebook Instance ({arn})",
            "moto sagemaker models, which quotes AWS",
        ),
        status="NotebookInstanceStatus",
        creating=(Step("Pending", STARTING), Step("InService")),
        updating=(Step("Updating", UPDATING), Step("Stopped")),
        stopping=(Step("Stopping", STOPPING), Step("Stopped")),
        starting=(Step("Pending", STARTING), Step("InService")),
        deleting=(Step("Deleting", DELETING),),
        update_from=frozenset({"Stopped", "Failed"}),
        update_busy=transition_refused("Notebook Instance", "Stopped, Failed", "Updating"),
        stop_from=frozenset({"InService"}),
        stop_busy=transition_refused("Notebook Instance", "InService", "Stopping"),
        start_from=frozenset({"Stopped", "Failed"}),
        start_busy=transition_refused("Notebook Instance", "Stopped, Failed", "Pending"),
        delete_from=frozenset({"Stopped", "Failed"}),
        delete_busy=transition_refused("Notebook Instance", "Stopped, Failed", "Deleting"),
        list_by="Name",
        renames={"SecurityGroupIds": "SecurityGroups", "LifecycleConfigName": "NotebookInstanceLifecycleConfigName"},
        # API reference, CreateNotebookInstance.
        defaults={
            "DirectInternetAccess": "Enabled",
            "VolumeSizeInGB": 5,
            "RootAccess": "Enabled",
            "PlatformIdentifier": "notebook-al2023-v1",
            "IpAddressType": "ipv4",
            "InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion": "1",
        },
        special={"before_create": _check, "created": _created, "before_update": _before_update, "updated": _updated},
    ),
    Kind(
        name="NotebookInstanceLifecycleConfig",
        key="NotebookInstanceLifecycleConfigName",
        arn="notebook-instance-lifecycle-config/{NotebookInstanceLifecycleConfigName}",
        source="service model: no status member",
        not_found=Refusal(
            "ValidationException",
            "Unable to describe Notebook Instance Lifecycle Config '{arn}'. (Details: Notebook Instance Lifecycle Config does "
            "not exist.)",
            ACK,
        ),
        duplicate=Refusal(
            "ValidationException",
            "Unable to create Notebook Instance Lifecycle Config {arn}. (Details: Notebook Instance Lifecycle Config already "
            "exists.)",
            "moto sagemaker models, which quotes AWS",
        ),
        special={
            "before_create": _check_scripts,
            "before_update": _before_update_config,
            "before_delete": _delete_config,
        },
    ),
)

OPERATIONS = {"CreatePresignedNotebookInstanceUrl": _presigned}
