"""Pipelines, their versions and executions."""

from __future__ import annotations

import copy
import json
from typing import Any

from ...services import AwsError
from .. import listing
from ..common import ACK, CODE_ONLY, identifier, is_json, user
from ..kind import Kind, Refusal, Step

RUNNING = 2.0


def definition_of(engine: Any, region: str, request: dict[str, Any]) -> dict[str, Any]:
    """The parsed definition that a request brings, inline or in S3; it is put into the request as text."""
    where = request.get("PipelineDefinitionS3Location")
    if bool(where) == bool(request.get("PipelineDefinition")):
        # Source: API reference, CreatePipeline; text ours.
        raise AwsError("ValidationException", "Specify either PipelineDefinition or PipelineDefinitionS3Location.")
    if where:
        services = engine.services(region)
        params = {"Bucket": where["Bucket"], "Key": where["ObjectKey"]}
        if where.get("VersionId"):
            params["VersionId"] = where["VersionId"]
        try:
            request["PipelineDefinition"] = services.call("s3", "GetObject", params)["Body"].read().decode()
        except AwsError as error:
            raise AwsError(
                "ValidationException", f"Unable to read the pipeline definition from S3: {error.code}: {error.message}"
            ) from error
        del request["PipelineDefinitionS3Location"]
    definition = is_json(request["PipelineDefinition"], "pipeline definition")
    if engine.check_pipeline is not None:
        engine.check_pipeline(engine.services(region), definition)
    return definition


def _before_create(engine: Any, region: str, request: dict[str, Any]) -> None:
    definition_of(engine, region, request)


def _created(engine: Any, record: Any) -> None:
    record.set(CreatedBy=user(engine), LastModifiedBy=user(engine))
    _add_version(engine, record)


def _add_version(engine: Any, record: Any) -> int:
    versions = record.private.setdefault("versions", [])
    versions.append(
        {
            "id": len(versions) + 1,
            "definition": record.request["PipelineDefinition"],
            "created": engine.clock.now(),
        }
    )
    return len(versions)


def _before_update(engine: Any, record: Any, request: dict[str, Any]) -> None:
    if request.get("PipelineDefinition") or request.get("PipelineDefinitionS3Location"):
        definition_of(engine, record.region, request)


def _updated(engine: Any, record: Any, request: dict[str, Any]) -> None:
    record.set(LastModifiedBy=user(engine))
    if (
        request.get("PipelineDefinition")
        and request["PipelineDefinition"] != record.private["versions"][-1]["definition"]
    ):
        _add_version(engine, record)
    record.set(PipelineVersionId=len(record.private["versions"]))


def _describe(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = engine.locate("Pipeline", region, params)
    described = engine.describe(record)
    version = _version(record, params.get("PipelineVersionId"))
    described["PipelineDefinition"] = version["definition"]
    shape = {
        "PipelineArn",
        "PipelineName",
        "PipelineDisplayName",
        "PipelineDefinition",
        "PipelineDescription",
        "RoleArn",
        "PipelineStatus",
        "CreationTime",
        "LastModifiedTime",
        "LastRunTime",
        "CreatedBy",
        "LastModifiedBy",
        "ParallelismConfiguration",
    }
    answer = {name: value for name, value in described.items() if name in shape}
    for member, key in (("PipelineVersionDisplayName", "name"), ("PipelineVersionDescription", "description")):
        if version.get(key):
            answer[member] = version[key]
    return answer


def _version(record: Any, number: int | None) -> dict[str, Any]:
    versions = record.private["versions"]
    number = number or len(versions)
    if not 1 <= number <= len(versions):
        # Source: service model (code); text ours.
        raise AwsError("ResourceNotFound", f"Pipeline version {number} of '{record.arn}' does not exist.")
    return versions[number - 1]


def _before_delete(engine: Any, record: Any) -> None:
    running = [each for each in executions(engine, record) if each.status in ("Executing", "Stopping")]
    if running:
        # Source: service model; condition: API reference, DeletePipeline; text ours.
        raise AwsError("ConflictException", f"Pipeline '{record.arn}' has running executions: {running[0].arn}.")


def _gone(engine: Any, record: Any) -> None:
    for execution in executions(engine, record):
        execution.gone = True
        engine.store.drop(execution)


def executions(engine: Any, pipeline: Any) -> list[Any]:
    """The executions of a pipeline, oldest first."""
    return [e for e in engine.store.all(pipeline.region, "PipelineExecution") if e.private["pipeline"] == pipeline.name]


def parameters(definition: dict[str, Any], given: list[dict[str, str]]) -> list[dict[str, str]]:
    """Every parameter with its value. Raises AwsError for unknown ones, wrong types and missing values."""
    declared = {each["Name"]: each for each in definition.get("Parameters", ())}
    values = {each["Name"]: each["Value"] for each in given}
    unknown = sorted(set(values) - set(declared))
    if unknown:
        # Source: SageMaker developer guide, pipeline parameters; text ours.
        raise AwsError("ValidationException", f"Assignment of unknown pipeline parameter(s): {', '.join(unknown)}")
    found = []
    for name, each in declared.items():
        value = values.get(name, each.get("DefaultValue"))
        if value is None:
            raise AwsError("ValidationException", f"Pipeline parameter {name} has neither a value nor a default.")
        text = value if isinstance(value, str) else json.dumps(value)
        _check_parameter(each, text)
        found.append({"Name": name, "Value": text})
    return found


def _check_parameter(declared: dict[str, Any], text: str) -> None:
    name, kind = declared["Name"], declared.get("Type", "String")
    try:
        if kind == "Integer":
            int(text)
        elif kind == "Float":
            float(text)
        elif kind == "Boolean" and text.lower() not in ("true", "false"):
            raise ValueError(text)
    except ValueError as error:
        # Source: SageMaker developer guide, pipeline parameters; text ours.
        raise AwsError(
            "ValidationException", f"Value '{text}' of pipeline parameter {name} is not of type {kind}."
        ) from error
    allowed = declared.get("EnumValues")
    if allowed and text not in [str(each) for each in allowed]:
        # Source: SageMaker developer guide, pipeline parameters; text ours.
        raise AwsError("ValidationException", f"Value '{text}' of pipeline parameter {name} is not one of {allowed}.")


def _check_selection(engine: Any, pipeline: Any, definition: dict[str, Any], config: dict[str, Any] | None) -> None:
    if config is None or engine.check_selection is None:
        return
    source = None
    if config.get("SourcePipelineExecutionArn"):
        source = engine.find("PipelineExecution", config["SourcePipelineExecutionArn"], pipeline.region)
        if source.private["pipeline"] != pipeline.name or source.status not in ("Succeeded", "Failed"):
            # Source: API reference, SelectiveExecutionConfig ("of the current pipeline", "either Failed or Success"); text ours.
            raise AwsError(
                "ValidationException",
                f"{source.arn} in status {source.status} is no execution of {pipeline.arn} that succeeded or failed.",
            )
    engine.check_selection(definition, config, source and source.private["steps"])


def _start(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    pipeline = engine.locate("Pipeline", region, params)
    version = _version(pipeline, params.get("PipelineVersionId"))
    definition = json.loads(version["definition"])
    request = copy.deepcopy({k: v for k, v in params.items() if k != "ClientRequestToken"})
    request.setdefault("PipelineExecutionDisplayName", f"execution-{int(engine.clock.now() * 1000)}")
    if pipeline.request.get("ParallelismConfiguration"):
        request.setdefault("ParallelismConfiguration", pipeline.request["ParallelismConfiguration"])
    request.setdefault("RoleArn", pipeline.request["RoleArn"])
    _check_selection(engine, pipeline, definition, params.get("SelectiveExecutionConfig"))
    private = {
        "pipeline": pipeline.name,
        "definition": definition,
        "version": version["id"],
        "parameters": parameters(definition, params.get("PipelineParameters") or []),
        "steps": [],
    }
    made = identifier(engine, f"execution/{region}/{pipeline.name}")
    arn = f"{pipeline.arn}/execution/{made}"
    private["pipeline_arn"] = pipeline.arn
    engine.create(engine.kinds["PipelineExecution"], region, request, (arn,), arn, private=private)
    pipeline.set(LastRunTime=engine.clock.now())
    return {"PipelineExecutionArn": arn}


def _created_execution(engine: Any, record: Any) -> None:
    private = record.private
    record.set(
        PipelineArn=private["pipeline_arn"],
        CreatedBy=user(engine),
        LastModifiedBy=user(engine),
        PipelineVersionId=private["version"],
        PipelineExperimentConfig={
            "ExperimentName": private["pipeline"].lower(),
            "TrialName": record.arn.rpartition("/")[2],
        },
    )


def _match_execution(engine: Any, record: Any, name: str, value: Any) -> bool | None:
    if name == "PipelineName":
        return record.private["pipeline"] == str(value).rpartition("/")[2]
    return None


def _list_executions(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    engine.locate("Pipeline", region, params)
    return listing.answer(engine, engine.kinds["PipelineExecution"], region, params)


def _pretended_steps(record: Any) -> list[dict[str, Any]]:
    """The steps outside of branches where timers pretend that they run: each is as far as the execution."""
    ended = {} if record.status in ("Executing", "Stopping") else {"EndTime": record.modified}
    common = {"StepStatus": record.status, "StartTime": record.created, "AttemptCount": 1, **ended}
    return [{"StepName": step["Name"], **common} for step in record.private["definition"]["Steps"]]


def _list_steps(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = engine.locate("PipelineExecution", region, params)
    services = engine.services(region)
    runs = services is not None and services.allow_exec
    steps = list(record.private["steps"]) if runs else _pretended_steps(record)
    # API reference, ListPipelineExecutionSteps: CreatedTime, Ascending by default.
    if params.get("SortOrder") == "Descending":
        steps.reverse()
    page, token = listing.page(steps, params, 10)
    return {"PipelineExecutionSteps": page, **({"NextToken": token} if token else {})}


def _list_parameters(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = engine.locate("PipelineExecution", region, params)
    page, token = listing.page(record.private["parameters"], params, 10)
    return {"PipelineParameters": page, **({"NextToken": token} if token else {})}


def _execution_definition(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = engine.locate("PipelineExecution", region, params)
    return {"PipelineDefinition": json.dumps(record.private["definition"]), "CreationTime": record.created}


def _retry(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = engine.locate("PipelineExecution", region, params)
    if any("Fail" in (step.get("Metadata") or {}) for step in record.private["steps"]):
        # Source: SageMaker developer guide, "Fail step"; text ours.
        raise AwsError("ValidationException", f"Pipeline execution '{record.arn}' ended in a Fail step.")
    record.set(FailureReason=None)
    engine.start(record)
    return {"PipelineExecutionArn": record.arn}


def _answer(engine: Any, region: str, params: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    token = params["CallbackToken"]
    for record in engine.store.all(region, "PipelineExecution"):
        for step in record.private["steps"]:
            if (step.get("Metadata") or {}).get("Callback", {}).get("CallbackToken") == token:
                if step["StepStatus"] not in ("Executing", "Stopping"):
                    # Source: service model (code); text ours.
                    raise AwsError("ConflictException", f"The callback {token} was answered before.")
                record.private["answers"] = {**record.private.get("answers", {}), token: answer}
                return {"PipelineExecutionArn": record.arn}
    # Source: service model (code); text ours.
    raise AwsError("ResourceNotFound", f"There is no callback with the token {token}.")


def _step_succeeded(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    return _answer(engine, region, params, {"outputs": params.get("OutputParameters") or []})


def _step_failed(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    return _answer(engine, region, params, {"outputs": [], "reason": params.get("FailureReason") or "Unknown"})


def _versions(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = engine.locate("Pipeline", region, params)
    last = {}
    for execution in executions(engine, record):
        last[execution.private["version"]] = execution.arn
    found = []
    for version in record.private["versions"]:
        if "CreatedAfter" in params and version["created"] < listing.seconds(params["CreatedAfter"]):
            continue
        if "CreatedBefore" in params and version["created"] > listing.seconds(params["CreatedBefore"]):
            continue
        made = {"PipelineArn": record.arn, "PipelineVersionId": version["id"], "CreationTime": version["created"]}
        for member, key in (("PipelineVersionDisplayName", "name"), ("PipelineVersionDescription", "description")):
            if version.get(key):
                made[member] = version[key]
        if version["id"] in last:
            made["LastExecutionPipelineExecutionArn"] = last[version["id"]]
        found.append(made)
    if params.get("SortOrder") != "Ascending":
        found.reverse()
    page, token = listing.page(found, params, 10)
    return {"PipelineVersionSummaries": page, **({"NextToken": token} if token else {})}


def _update_version(engine: Any, region: str, params: dict[str, Any]) -> dict[str, Any]:
    record = engine.locate("Pipeline", region, {"PipelineArn": params["PipelineArn"]})
    version = _version(record, params["PipelineVersionId"])
    for member, key in (("PipelineVersionDisplayName", "name"), ("PipelineVersionDescription", "description")):
        if member in params:
            version[key] = params[member]
    return {"PipelineArn": record.arn, "PipelineVersionId": version["id"]}


KINDS = (
    Kind(
        name="Pipeline",
        key="PipelineName",
        arn="pipeline/{PipelineName}",
        source="service model PipelineStatus",
        not_found=Refusal("ResourceNotFound", "Pipeline '{arn}' does not exist.", ACK),
        duplicate=Refusal(
            "ValidationException",
            "Pipeline names must be unique within an AWS account and region. Pipeline with name ({name}) already exists.",
            "SageMaker Python SDK, Pipeline.upsert; AWS SDK for JavaScript examples",
        ),
        status="PipelineStatus",
        creating=(Step("Active"),),
        deleting=(Step("Deleting", 0.3),),
        update_from=frozenset({"Active"}),
        update_busy=Refusal("ConflictException", "Pipeline '{arn}' is in status {status}.", CODE_ONLY),
        item_renames={"LastExecutionTime": "LastRunTime"},
        # github.com/go-to-k/cdk-real-drift, read from AWS.
        defaults={"PipelineDisplayName": lambda pipeline: pipeline["PipelineName"]},
        special={
            "before_create": _before_create,
            "created": _created,
            "before_update": _before_update,
            "updated": _updated,
            "before_delete": _before_delete,
            "gone": _gone,
        },
    ),
    Kind(
        name="PipelineExecution",
        key="PipelineExecutionArn",
        arn="pipeline/{PipelineName}/execution/x",
        source="service model PipelineExecutionStatus",
        not_found=Refusal("ResourceNotFound", "PipelineExecution '{arn}' does not exist.", ACK),
        duplicate=None,
        status="PipelineExecutionStatus",
        creating=(Step("Executing", RUNNING), Step("Succeeded")),
        stopping=(Step("Stopping", 0.5), Step("Stopped")),
        starting=(Step("Executing", RUNNING), Step("Succeeded")),
        stop_from=frozenset({"Executing", "Stopping"}),
        stop_busy=Refusal(
            "ConflictException", "Pipeline execution '{arn}' is in status {status} and cannot be stopped.", CODE_ONLY
        ),
        start_from=frozenset({"Failed", "Stopped"}),
        start_busy=Refusal(
            "ConflictException", "Pipeline execution '{arn}' is in status {status} and cannot be retried.", CODE_ONLY
        ),
        item_renames={"StartTime": "CreationTime", "PipelineExecutionFailureReason": "FailureReason"},
        verbs={"Create": "", "Delete": "", "Start": ""},
        special={"match": _match_execution, "created": _created_execution},
    ),
)

OPERATIONS = {
    "DescribePipeline": _describe,
    "StartPipelineExecution": _start,
    "ListPipelineExecutions": _list_executions,
    "ListPipelineExecutionSteps": _list_steps,
    "ListPipelineParametersForExecution": _list_parameters,
    "DescribePipelineDefinitionForExecution": _execution_definition,
    "RetryPipelineExecution": _retry,
    "SendPipelineExecutionStepSuccess": _step_succeeded,
    "SendPipelineExecutionStepFailure": _step_failed,
    "ListPipelineVersions": _versions,
    "UpdatePipelineVersion": _update_version,
}
