"""Labeling jobs, what their workers see, work teams, workforces."""

from __future__ import annotations

import hashlib
from typing import Any

from ...services import AwsError
from .. import listing
from ..common import ACK, CODE_ONLY, TPA, identifier
from ..kind import Kind, Refusal, Step
from .jobs import RUNNING, STARTING, STOPPING, not_stoppable


def _describe_labeling(engine: Any, record: Any, members: dict[str, Any]) -> None:
    members.setdefault(
        "LabelCounters",
        {"TotalLabeled": 0, "HumanLabeled": 0, "MachineLabeled": 0, "FailedNonRetryableError": 0, "Unlabeled": 0},
    )
    members.setdefault("JobReferenceCode", record.private.setdefault("code", identifier(engine, "labeling", 10)))
    task = members["HumanTaskConfig"]
    members["WorkteamArn"] = task["WorkteamArn"]
    members["PreHumanTaskLambdaArn"] = task.get("PreHumanTaskLambdaArn")
    members["AnnotationConsolidationLambdaArn"] = (task.get("AnnotationConsolidationConfig") or {}).get(
        "AnnotationConsolidationLambdaArn"
    )
    members["Tags"] = [{"Key": key, "Value": value} for key, value in record.tags.items()] or None


def _lifetime(task: dict[str, Any]) -> int:
    """API reference, HumanTaskConfig.TaskAvailabilityLifetimeInSeconds: six hours in public, else thirty days."""
    return 21600 if ":workteam/public-crowd/" in task["WorkteamArn"] else 2592000


def _labeled(engine: Any, record: Any, at: float) -> None:
    output = record.request["OutputConfig"]["S3OutputPath"].rstrip("/")
    record.set(LabelingJobOutput={"OutputDatasetS3Uri": f"{output}/{record.name}/manifests/output/output.manifest"})


def _check_labeling(engine: Any, region: str, request: dict[str, Any]) -> None:
    team = request["HumanTaskConfig"]["WorkteamArn"]
    # Public and vendors' teams belong to other accounts.
    if f":{engine.account_id}:" in team:
        engine.find("Workteam", team, region)
    page = request["HumanTaskConfig"]["UiConfig"].get("HumanTaskUiArn")
    if page and f":{engine.account_id}:" in page:
        engine.find("HumanTaskUi", page, region)


def _for_workteam(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    found = []
    for record in engine.store.all(region, "LabelingJob"):
        described = engine.describe(record)
        if described["WorkteamArn"] != params["WorkteamArn"]:
            continue
        if params.get("JobReferenceCodeContains", "") not in described["JobReferenceCode"]:
            continue
        found.append(
            {
                "LabelingJobName": record.name,
                "JobReferenceCode": described["JobReferenceCode"],
                "WorkRequesterAccountId": engine.account_id,
                "CreationTime": record.created,
                "LabelCounters": {"HumanLabeled": 0, "PendingHuman": 0, "Total": 0},
                "NumberOfHumanWorkersPerDataObject": described["HumanTaskConfig"]["NumberOfHumanWorkersPerDataObject"],
            }
        )
    page, token = listing.page(found, params, 10)
    return {"LabelingJobSummaryList": page, **({"NextToken": token} if token else {})}


def _describe_team(engine: Any, record: Any, members: dict[str, Any]) -> None:
    # Without a name it is in the account's one workforce (API reference, CreateWorkteam.WorkforceName).
    workforces = [workforce.name for workforce in engine.store.all(record.region, "Workforce")]
    name = members.get("WorkforceName") or next(iter(workforces), "default")
    members["WorkforceArn"] = engine.arn(record.region, f"workforce/{name}")
    members["SubDomain"] = f"{record.name.lower()}.labeling.{record.region}.sagemaker.aws"


def _check_team(engine: Any, region: str, request: dict[str, Any]) -> None:
    if request.get("WorkforceName"):
        engine.locate("Workforce", region, {"WorkforceName": request["WorkforceName"]})


def _check_workforce(engine: Any, region: str, request: dict[str, Any]) -> None:
    # Source: hashicorp/terraform-provider-aws pull request 20472, a test run against AWS.
    existing = engine.store.all(region, "Workforce")
    if existing:
        raise AwsError(
            "ValidationException",
            f"Cannot create more than one workforce for account {engine.account_id}. If you are trying to update existing"
            " workforce, please use UpdateWorkforce API",
        )
    if bool(request.get("CognitoConfig")) == bool(request.get("OidcConfig")):
        # Source: API reference, CreateWorkforce; text ours.
        raise AwsError("ValidationException", "Specify either CognitoConfig or OidcConfig.")


def _describe_workforce(engine: Any, record: Any, members: dict[str, Any]) -> None:
    if "OidcConfig" in members:
        members["OidcConfig"] = {k: v for k, v in members["OidcConfig"].items() if k != "ClientSecret"}
    members.setdefault("SourceIpConfig", {"Cidrs": []})
    members["SubDomain"] = f"{record.name.lower()}.labeling.{record.region}.sagemaker.aws"
    if "WorkforceVpcConfig" in members:
        members["WorkforceVpcConfig"] = {**members["WorkforceVpcConfig"], "VpcEndpointId": "vpce-0123456789abcdef0"}


def _delete_workforce(engine: Any, record: Any) -> None:
    teams = [
        team.name
        for team in engine.store.all(record.region, "Workteam")
        if team.request.get("WorkforceName") in (None, record.name)
    ]
    if teams:
        # Source: API reference, DeleteWorkforce ("you will receive a ResourceInUse error"); text ours.
        raise AwsError("ResourceInUse", f"The workforce {record.arn} has work teams: {', '.join(teams)}.")


def _describe_ui(engine: Any, record: Any, members: dict[str, Any]) -> None:
    content = record.request["UiTemplate"]["Content"]
    # The API reference does not say in which encoding the digest is.
    digest = hashlib.sha256(content.encode()).hexdigest()
    url = f"https://human-task-ui.{record.region}.sagemaker.aws/{record.name}/{digest}"
    members["UiTemplate"] = {"Url": url, "ContentSha256": digest}


KINDS = (
    Kind(
        name="LabelingJob",
        key="LabelingJobName",
        arn="labeling-job/{LabelingJobName}",
        source="service model LabelingJobStatus; there is no DeleteLabelingJob, so names stay taken",
        not_found=Refusal("ValidationException", "Requested resource not found: {arn}", f"{ACK} (code); text ours"),
        duplicate=Refusal("ResourceInUse", "The labeling job name is already in use ({arn})", CODE_ONLY),
        status="LabelingJobStatus",
        creating=(Step("Initializing", STARTING), Step("InProgress", RUNNING), Step("Completed", 0, _labeled)),
        stopping=(Step("Stopping", STOPPING), Step("Stopped")),
        stop_from=frozenset({"Initializing", "InProgress", "Stopping"}),
        stop_busy=not_stoppable("labeling job"),
        list_order="Ascending",
        # ACK SageMaker, labeling_job; API reference, HumanTaskConfig.
        defaults={
            "HumanTaskConfig.MaxConcurrentTaskCount": 1000,
            "HumanTaskConfig.TaskAvailabilityLifetimeInSeconds": _lifetime,
            "OutputConfig.KmsKeyId": "",
        },
        case_insensitive=True,
        special={"describe": _describe_labeling, "before_create": _check_labeling},
    ),
    Kind(
        name="HumanTaskUi",
        key="HumanTaskUiName",
        arn="human-task-ui/{HumanTaskUiName}",
        source="service model HumanTaskUiStatus",
        not_found=Refusal("ResourceNotFound", "The human task UI {arn} does not exist.", CODE_ONLY),
        duplicate=Refusal("ResourceInUse", "The human task UI {arn} already exists.", CODE_ONLY),
        status="HumanTaskUiStatus",
        creating=(Step("Active"),),
        deleting=(Step("Deleting", 0.5),),
        list_order="Ascending",
        special={"describe": _describe_ui},
    ),
    Kind(
        name="Workteam",
        key="WorkteamName",
        arn="workteam/private-crowd/{WorkteamName}",
        source="service model: no status member",
        not_found=Refusal("ValidationException", "The work team {arn} does not exist.", TPA),
        duplicate=Refusal("ResourceInUse", "The work team {arn} already exists.", CODE_ONLY),
        wrap="Workteam",
        list_order="Ascending",
        creation_time="CreateDate",
        modified_time="LastUpdatedDate",
        # DeleteWorkteam answers whether it succeeded.
        defaults={"Success": True},
        special={"describe": _describe_team, "before_create": _check_team},
    ),
    Kind(
        name="Workforce",
        key="WorkforceName",
        arn="workforce/{WorkforceName}",
        source="service model WorkforceStatus",
        not_found=Refusal("ValidationException", "No workforce found with name {name}.", TPA),
        duplicate=None,
        status="Status",
        creating=(Step("Initializing", STARTING), Step("Active")),
        updating=(Step("Updating", STARTING), Step("Active")),
        deleting=(Step("Deleting", 0.5),),
        update_from=frozenset({"Active", "Failed"}),
        update_busy=Refusal("ConflictException", "The workforce {arn} is in status {status}.", CODE_ONLY),
        wrap="Workforce",
        creation_time="CreateDate",
        modified_time="LastUpdatedDate",
        special={
            "describe": _describe_workforce,
            "before_create": _check_workforce,
            "before_delete": _delete_workforce,
        },
    ),
)

OPERATIONS = {"ListLabelingJobsForWorkteam": _for_workteam}
