"""Definitions that the SageMaker Python SDK wrote are accepted, and each way to spoil them is refused as AWS refuses it.

`../definitions` holds what SDK 2.257.7 and 3.27.0 made of pipelines of this project's own.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aws_local.runtime import pipeline_definition
from aws_local.services import AwsError, Runtime

from .fakes import FakeServices
from .test_pipelines import define, get, processing, start, statuses, training

DEFINITIONS = {
    path.stem: json.loads(path.read_text()) for path in (Path(__file__).parents[1] / "definitions").glob("*.json")
}
PARSE = "Unable to parse pipeline definition. "


def every_step(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for step in steps:
        yield step
        for branch in ("IfSteps", "ElseSteps"):
            yield from every_step(step["Arguments"].get(branch, []))


def put(*path: Any) -> Callable[[dict[str, Any]], None]:
    """Set the last of the path to the member before it, below a step: `put("Arguments", "Foo", 1)`."""
    *way, member, value = path

    def change(step: dict[str, Any]) -> None:
        place: Any = step
        for each in way:
            place = place[each]
        place[member] = value

    return change


NOT = {"Type": "Not", "Expression": {"Type": "Equals", "LeftValue": 1, "RightValue": 1}}
# Of the texts that end in "*" only the beginning is AWS's: the rest is this tool's.
MUTATIONS: list[tuple[tuple[str, ...], Callable[[dict[str, Any]], None], str]] = [
    # github.com/aws/sagemaker-python-sdk pull request 3472, issue 4994.
    (("Training", "Processing"), put("Arguments", "Foo", 1), "Unknown Argument member 'Foo'."),
    (("RegisterModel",), put("Arguments", "ModelPackageName", "p"), "Unknown Argument member 'ModelPackageName'."),
    (
        ("Model",),
        put("Arguments", "PrimaryContainer", "AdditionalModelDataSources", []),
        "Unknown Argument member 'AdditionalModelDataSources'.",
    ),
    (("Training",), put("Arguments", "ResourceConfig", "Type", "ml.m5.large"), "Unknown Argument member 'Type'."),
    # Issues 2345 and 3908.
    (("Training",), put("Arguments", "InputDataConfig", {"Get": "Parameters.In"}), "Expecting start of Json Array."),
    (("Training",), put("Arguments", "VpcConfig", {"Subnets": "s"}), "Expecting start of Json Array."),
    (("Training",), put("Arguments", "OutputDataConfig", "s3://b/o"), "Expecting start of Json Object."),
    (("Processing",), put("Arguments", "ProcessingInputs", 0, "s3://b/i"), "Expecting start of Json Object."),
    # Issue 2746.
    (("Training", "Processing"), put("Timeout", 1), "Cannot parse object, unknown property 'Timeout'."),
    (("Training", "Model"), put("PropertyFiles", []), "Cannot parse object, unknown property 'PropertyFiles'."),
    (("Model",), put("CacheConfig", {"Enabled": True}), "Cannot parse object, unknown property 'CacheConfig'."),
    (("Condition",), put("Arguments", "Conditions", [NOT]), "Cannot parse object, unknown property 'Expression'."),
    (("Condition",), put("Arguments", "Conditions", 0, "Extra", 1), "Cannot parse object, unknown property 'Extra'."),
    (("Condition",), put("Arguments", "Steps", []), "Cannot parse object, unknown property 'Steps'."),
    # Quoted in public pipeline code.
    (
        ("Processing",),
        put("Arguments", "ProcessingInputs", 0, "S3Input", "S3InputMode", "FastFile"),
        "Model Validation failed: Value 'FastFile' for 'ProcessingS3InputMode' failed to satisfy enum value set: [Pipe, File]",
    ),
    # The conditions of the rest are documented, the words are not.
    (("Training", "Processing"), put("CacheConfig", {"Enabled": True, "ExpireAfter": "30 days"}), "ExpireAfter*"),
    (("Training", "Processing"), put("RetryPolicies", [{"ExceptionType": ["Nope"]}]), "a retry policy*"),
    (
        ("Training", "Processing"),
        put("RetryPolicies", [{"ExceptionType": ["Step.THROTTLING"], "MaxAttempts": 1, "ExpireAfterMin": 1}]),
        "a retry policy*",
    ),
    (("Training", "Processing"), put("DependsOn", ["Nobody"]), "step*"),
    (("Training", "Processing"), put("Type", "Magic"), "step*"),
    (("Training", "Processing"), put("Arguments", "RoleArn", ["a"]), "a value*"),
]


@pytest.mark.parametrize("name", DEFINITIONS)
def test_what_an_sdk_wrote_is_accepted(services: FakeServices, name: str) -> None:
    pipeline_definition.check(services, DEFINITIONS[name])


@pytest.mark.parametrize("number", range(len(MUTATIONS)))
def test_a_mutation_is_refused(services: FakeServices, number: int) -> None:
    kinds, change, text = MUTATIONS[number]
    tried = 0
    for definition in DEFINITIONS.values():
        for index, found in enumerate(every_step(definition["Steps"])):
            if found["Type"] not in kinds:
                continue
            spoiled = copy.deepcopy(definition)
            change(list(every_step(spoiled["Steps"]))[index])
            with pytest.raises(AwsError) as caught:
                pipeline_definition.check(services, spoiled)
            told = caught.value.message
            assert caught.value.code == "ValidationException"
            assert told == PARSE + text or (text.endswith("*") and told.startswith(PARSE + text[:-1])), told
            tried += 1
    assert tried


SHARED = json.loads((Path(__file__).parents[1] / "definition_mutations.json").read_text())
"""What the provider finds in the plan of a mutated definition. `local` is how this service differs: it checks less when it
is "accepted", and knows no step types and members but its own when it is "refused"."""


def mutate(mutation: dict[str, Any]) -> dict[str, Any]:
    definition = copy.deepcopy(next(body for name, body in DEFINITIONS.items() if name.endswith(mutation["of"])))
    *way, last = [int(i) if i else name for name, i in re.findall(r"([^.\[\]]+)(?![^\[]*\])|\[(\d+)\]", mutation["at"])]
    place: Any = definition
    for each in way:
        place = place[each]
    if mutation["op"] == "set" and isinstance(place, list) and last == len(place):
        place.append(mutation["value"])
    elif mutation["op"] == "set":
        place[last] = mutation["value"]
    else:
        value = place.pop(last)
        if mutation["op"] == "rename":
            place[mutation["value"]] = value
    return definition


@pytest.mark.parametrize("mutation", SHARED, ids=lambda m: f"{m['of']}-{m['op']}-{m['at']}")
def test_the_provider_refuses_what_is_refused_here(services: FakeServices, mutation: dict[str, Any]) -> None:
    refused = mutation.get("local", "refused" if mutation["outcome"] == "error" else "accepted") == "refused"
    try:
        pipeline_definition.check(services, mutate(mutation))
    except AwsError as error:
        assert refused, error.message
        assert error.message.startswith(PARSE)
    else:
        assert not refused


def test_members_of_the_whole(services: FakeServices) -> None:
    with pytest.raises(AwsError, match=r"definition\. Cannot parse object, unknown property 'Step'\.$"):
        pipeline_definition.check(services, {**define(processing("A", "")), "Step": []})


@pytest.mark.parametrize(
    "reference, exists",
    [
        ("ModelArtifacts.S3ModelArtifacts", True),
        ("InputDataConfig['train'].DataSource.S3DataSource.S3Uri", True),
        ("InputDataConfig[0].ChannelName", True),
        ("HyperParameters['depth']", True),
        ("Nope", False),
        ("ModelArtifacts.S3Model", False),
        ("ModelArtifacts[0]", False),
    ],
)
def test_properties_are_those_of_the_description(services: FakeServices, reference: str, exists: bool) -> None:
    """Developer guide, build-and-manage-properties: the members of DescribeTrainingJob."""
    reader = processing("Read", "", Arguments={"Environment": {"X": get(f"Steps.Train.{reference}")}})
    definition = define(training("Train", "s3://data/code"), reader)
    if exists:
        pipeline_definition.check(services, definition)
        return
    with pytest.raises(AwsError, match="is no property of a Training step"):
        pipeline_definition.check(services, definition)


@pytest.mark.parametrize(
    "kind, arguments, reference, exists",
    [
        ("Fail", {"ErrorMessage": "x"}, "Nope", False),
        ("Condition", {"Conditions": [{"Type": "Equals", "LeftValue": 1, "RightValue": 1}]}, "Outcome", True),
        ("Condition", {"Conditions": [{"Type": "Equals", "LeftValue": 1, "RightValue": 1}]}, "Status", False),
        ("Callback", {}, "OutputParameters['a']", True),
        ("EMR", {}, "Anything", True),
    ],
)
def test_properties_of_steps_without_a_job(
    services: FakeServices, kind: str, arguments: dict[str, Any], reference: str, exists: bool
) -> None:
    """Step classes of the SageMaker Python SDK; of EMR steps nothing is known here, so that nothing is refused."""
    reader = processing("Read", "", Arguments={"Environment": {"X": get(f"Steps.Other.{reference}")}})
    definition = define({"Name": "Other", "Type": kind, "Arguments": arguments}, reader)
    if exists:
        pipeline_definition.check(services, definition)
        return
    with pytest.raises(AwsError, match=f"is no property of a {kind} step"):
        pipeline_definition.check(services, definition)


def test_step_types_of_the_newest_sdk(services: FakeServices, runtime: Runtime) -> None:
    """SageMaker Python SDK 3.27, steps.py: what is accepted and cannot run here fails with a reason."""
    config = {"ProductionVariants": [{"VariantName": "main", "ModelName": "m", "InstanceType": "ml.m5.large"}]}
    steps = [
        {"Name": "Config", "Type": "EndpointConfig", "Arguments": config},
        {
            "Name": "Serve",
            "Type": "Endpoint",
            "Arguments": {"EndpointConfigName": get("Steps.Config.EndpointConfigName")},
        },
        {
            "Name": "Component",
            "Type": "InferenceComponent",
            "Arguments": {"EndpointName": get("Steps.Serve.EndpointName")},
        },
    ]
    others = [{"Name": kind, "Type": kind, "Arguments": {}} for kind in ("Lineage", "Job", "Cleanup", "ForEach")]
    pipeline_definition.check(services, define(*steps, *others))
    record = start(services, runtime, define(others[0])).wait("Failed")
    assert record.private["steps"][0]["FailureReason"].endswith("cannot run steps of the type Lineage")


def test_an_endpoint_is_made_by_steps(services: FakeServices, runtime: Runtime) -> None:
    services.wire(runtime)
    for kind in ("EndpointConfig", "Endpoint"):
        services.handlers[f"Describe{kind}"] = services._describer(kind)
    services.handlers["CreateEndpointConfig"] = lambda p: {
        "EndpointConfigArn": services.add("EndpointConfig", p["EndpointConfigName"], p).arn
    }
    services.handlers["CreateEndpoint"] = lambda p: {
        "EndpointArn": services.add("Endpoint", p["EndpointName"], p, "InService").arn
    }
    config = {"ProductionVariants": [{"VariantName": "main", "ModelName": "m", "InstanceType": "ml.m5.large"}]}
    made = {"EndpointConfigName": get("Steps.Config.EndpointConfigName"), "EndpointName": "churn"}
    record = start(
        services,
        runtime,
        define(
            {"Name": "Config", "Type": "EndpointConfig", "Arguments": config},
            {"Name": "Serve", "Type": "Endpoint", "Arguments": made},
        ),
    ).wait("Succeeded")
    endpoint = services.find("Endpoint", "churn")
    assert ("EndpointConfig", endpoint.request["EndpointConfigName"]) in services.records
    assert record.private["steps"][1]["Metadata"] == {"Endpoint": {"Arn": endpoint.arn}}


FIRST = processing("First", "open('/opt/ml/processing/out/x', 'w').write('1')", ("out",))
USES = [{"InputName": "in", "S3Input": {
    "S3Uri": get("Steps.First.ProcessingOutputConfig.Outputs['out'].S3Output.S3Uri"),
    "LocalPath": "/opt/ml/processing/in", "S3DataType": "S3Prefix", "S3InputMode": "File"}}]  # fmt: skip
SECOND = processing("Second", "open('/opt/ml/processing/in/x').read()", Arguments={"ProcessingInputs": USES})
THIRD = processing("Third", "pass", DependsOn=["Second"])


def select(*names: str, source: str | None = None) -> dict[str, Any]:
    chosen = {"SelectedSteps": [{"StepName": name} for name in names]}
    return {**chosen, **({"SourcePipelineExecutionArn": source} if source else {})}


def test_only_what_is_selected_runs(services: FakeServices, runtime: Runtime) -> None:
    """API reference, SelectiveExecutionConfig: the selected steps, with the results of the source for the others."""
    first = start(services, runtime, define(FIRST, SECOND, THIRD)).wait("Succeeded")
    jobs = sum(operation == "CreateProcessingJob" for _, operation, _ in services.calls)
    record = services.add(
        "PipelineExecution", "again", {"SelectiveExecutionConfig": select("Second", source=first.arn)}
    )
    record.private.update(pipeline="line", definition=define(FIRST, SECOND, THIRD), parameters=[], steps=[])
    record.update("Executing")
    assert runtime.hooks["PipelineExecution"].on_create(services, record)  # type: ignore[misc]
    record.wait("Succeeded")
    assert statuses(record) == {"First": "Succeeded", "Second": "Succeeded"}
    assert sum(operation == "CreateProcessingJob" for _, operation, _ in services.calls) == jobs + 1
    taken, ran = record.private["steps"]
    assert taken["SelectiveExecutionResult"] == {"SourcePipelineExecutionArn": first.arn}
    assert "SelectiveExecutionResult" not in ran


def test_what_the_branches_of_a_selected_condition_read_is_theirs() -> None:
    condition = {"Type": "Equals", "LeftValue": 1, "RightValue": 1}
    arguments = {"Conditions": [condition], "IfSteps": [SECOND], "ElseSteps": []}
    definition = define(FIRST, {"Name": "If", "Type": "Condition", "Arguments": arguments})
    pipeline_definition.check_selection(definition, select("If"), None)
    with pytest.raises(AwsError, match="needs the output of step First"):
        pipeline_definition.check_selection(definition, select("If", "Second"), None)


@pytest.mark.parametrize(
    "selection, source, told",
    [
        (("Nobody",), None, "does not exist"),
        (("Second",), None, "needs the output of step First"),
        (("Second",), [{"StepName": "First", "StepStatus": "Failed"}], "needs the output of step First"),
        (("First", "Third"), None, "Step Second is on a path between two selected steps"),
        (("Second",), [{"StepName": "First", "StepStatus": "Succeeded"}], None),
        (("Third",), None, None),
        (("First", "Second"), None, None),
    ],
)
def test_what_may_be_selected(selection: tuple[str, ...], source: Any, told: str | None) -> None:
    def call() -> None:
        pipeline_definition.check_selection(define(FIRST, SECOND, THIRD), select(*selection), source)

    if told is None:
        call()
        return
    with pytest.raises(AwsError, match=told):
        call()
