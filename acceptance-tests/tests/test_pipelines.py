"""Pipelines: one document in many spellings, from many places; executions that start once and say why they failed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sweep import Kill, Place, Story, kill_both, kill_the_provider, run

from acceptance.cases import Edit
from acceptance.example import copy_example, edit
from acceptance.installation import ROOT
from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform, changes_of

FOLDER = "resources/mlops_pipeline_execution"
EXECUTION = "mlops_pipeline_execution.churn"
PIPELINE = "mlops_pipeline.p"
SAMPLES = sorted((ROOT / "acceptance-tests" / "aws-local" / "tests" / "definitions").glob("*.json"))
FILE = "pipeline.json"
INLINE, FROM_FILE = f'definition = file("{FILE}")', f'definition_file = "{FILE}"'
Workspace = Callable[[str], Terraform]


def executions(aws: LocalAws, pipeline: str) -> list[str]:
    """The statuses of a pipeline's executions, the latest first."""
    listed = aws.client("sagemaker").list_pipeline_executions(PipelineName=pipeline)["PipelineExecutionSummaries"]
    return [each["PipelineExecutionStatus"] for each in listed]


def versions(aws: LocalAws) -> int:
    """How many versions the pipeline `p` has."""
    listed = aws.client("sagemaker").list_pipeline_versions(PipelineName="p", MaxResults=100)
    return len(listed["PipelineVersionSummaries"])


def delete_logs(aws: LocalAws) -> None:
    """The logs of the steps' jobs are nobody's who destroys an execution."""
    logs = aws.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        logs.delete_log_group(logGroupName=group["logGroupName"])


def errors(terraform: Terraform) -> str:
    """The one error of an apply of the example."""
    (error,) = [d for d in terraform.attempt("apply").told if d.severity == "error"]
    assert error.address == EXECUTION, error
    return error.text


def test_a_failed_execution_names_the_step_its_reason_and_the_end_of_its_log(
    aws: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    bad = Edit("rows = [", 'raise ValueError("no predictions")\nrows = [', file="evaluation/evaluate.py")
    directory = copy_example(FOLDER, tmp_path / "example", initialised, [bad])
    terraform = Terraform(directory, cli_configuration, aws.environment())
    text = errors(terraform)
    for told in (
        'The step "Evaluate" failed: AlgorithmError',
        "/aws/sagemaker/ProcessingJobs, pipelines-",
        "ValueError: no predictions",
    ):
        assert told in text, text
    assert terraform.values()[EXECUTION]["steps"]["Evaluate"]["status"] == "Failed"
    # The other branch of the condition.
    edit(directory, Edit(bad.new, bad.old, file=bad.file))
    edit(directory, Edit('"0.7"', '"0.9"'))
    text = errors(terraform)
    assert 'The step "TooBad" failed: The model is not accurate enough.' in text, text
    steps = terraform.values()[EXECUTION]["steps"]
    assert {name: step["status"] for name, step in steps.items()} == {
        "Evaluate": "Succeeded", "IsGood": "Succeeded", "TooBad": "Failed",
    }  # fmt: skip
    assert steps["IsGood"]["outcome"] == "False" and ":processing-job/pipelines-" in steps["Evaluate"]["arn"]
    # What failed is replaced, with nothing else changed.
    plan = terraform.plan()
    assert changes_of(plan) == {EXECUTION: ["delete", "create"]}, plan["text"]
    edit(directory, Edit('"0.9"', '"0.8"'))
    terraform.apply()
    steps = terraform.values()[EXECUTION]["steps"]
    assert steps["IsGood"]["outcome"] == "True" and "TooBad" not in steps
    assert executions(aws, "churn-evaluation") == ["Succeeded", "Failed", "Failed"]
    assert terraform.is_settled()
    terraform.destroy()
    delete_logs(aws)
    assert aws.inventory() == []


def test_an_execution_that_fails_is_retried_and_not_started_again(
    aws: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    wanted = Edit("pipeline_name = mlops_pipeline.churn.name", "pipeline_name = mlops_pipeline.churn.name\n  max_retries = 1")
    directory = copy_example(FOLDER, tmp_path / "example", initialised, [wanted])
    terraform = Terraform(directory, cli_configuration, aws.environment())
    aws.control("POST", "fail", kind="ProcessingJob", name="*", reason="CapacityError: no instances")
    terraform.apply()
    made = [c["operation"] for c in aws.calls() if c["operation"] in ("StartPipelineExecution", "RetryPipelineExecution")]
    assert made == ["StartPipelineExecution", "RetryPipelineExecution"]
    assert executions(aws, "churn-evaluation") == ["Succeeded"] and terraform.is_settled()
    # What a Fail step ended AWS does not retry.
    edit(directory, Edit('"0.7"', '"0.9"'))
    run = terraform.attempt("apply")
    assert {told.severity: "TooBad" in told.text for told in run.told} == {"error": True, "warning": False}, run.output
    assert "Fail step" in run.output and executions(aws, "churn-evaluation") == ["Failed", "Succeeded"]
    terraform.destroy()
    delete_logs(aws)
    assert aws.inventory() == []


@pytest.mark.parametrize("kill", [kill_both, kill_the_provider])
def test_an_execution_is_started_once_whoever_is_killed(kill: Kill, story_of: Callable[[str], Story]) -> None:
    story = story_of(FOLDER)
    place = Place("sagemaker:StartPipelineExecution", 0, "after")
    terraform = story.killed(story.create, kill, place, "one execution")
    assert len(executions(story.aws, "churn-evaluation")) == 1
    run(terraform, *story.create.command)
    assert executions(story.aws, "churn-evaluation") == ["Succeeded"]
    assert terraform.is_settled(*story.target)
    story.leaves_nothing(terraform)


def test_what_an_interrupted_apply_started_and_failed_is_started_again(story_of: Callable[[str], Story]) -> None:
    story = story_of(FOLDER)
    place = Place("sagemaker:DescribePipelineExecution", 1, "before")
    terraform = story.killed(story.create, kill_both, place, "failed meanwhile")
    (execution,) = story.aws.client("sagemaker").list_pipeline_executions(PipelineName="churn-evaluation")[
        "PipelineExecutionSummaries"
    ]
    arn = execution["PipelineExecutionArn"]
    story.aws.control("POST", "status", kind="PipelineExecution", name=arn, status="Failed")
    run(terraform, *story.create.command)
    assert executions(story.aws, "churn-evaluation") == ["Succeeded", "Failed"]
    assert terraform.values()[EXECUTION]["arn"] != arn and terraform.is_settled(*story.target)
    story.leaves_nothing(terraform)


RESOURCE = """
resource "mlops_pipeline" "p" {
  name     = "p"
  role_arn = "%s"
  %s
}
"""
EXECUTED = """
resource "mlops_pipeline_execution" "e" {
  pipeline_name = mlops_pipeline.p.name
  parameters    = %s
}
"""


class Desk:
    """A working directory whose pipeline has the definition of a file."""

    def __init__(self, aws: LocalAws, workspace: Workspace) -> None:
        trust = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        self.aws, self.iam = aws, aws.client("iam")
        role = self.iam.create_role(RoleName="r", AssumeRolePolicyDocument=policy)
        self.role = role["Role"]["Arn"]
        aws.control("POST", "clock", advance=60)
        self.terraform = workspace("")
        self.head = self.main.read_text()

    @property
    def main(self) -> Path:
        return self.terraform.directory / "main.tf"

    def write(self, definition: Any, attribute: str = INLINE, more: str = "") -> None:
        """Writes the document, as text if it is one, and the configuration that refers to it."""
        text = definition if isinstance(definition, str) else json.dumps(definition)
        (self.terraform.directory / FILE).write_text(text)
        self.main.write_text(self.head + RESOURCE % (self.role, attribute) + more)

    def leaves_nothing(self) -> None:
        self.terraform.destroy()
        self.iam.delete_role(RoleName="r")
        assert self.aws.inventory() == []


@pytest.fixture
def desk(aws: LocalAws, workspace: Workspace) -> Desk:
    return Desk(aws, workspace)


def small(message: Any = "x", **more: Any) -> dict[str, Any]:
    """A definition of one step that fails."""
    step = {"Name": "No", "Type": "Fail", "Arguments": {"ErrorMessage": message}}
    return {"Version": "2020-12-01", "Steps": [step], **more}


def refused(terraform: Terraform) -> str:
    """What a plan says that has errors, as one line."""
    attempt = terraform.run("plan", "-input=false", "-no-color")
    assert attempt.code == 1, attempt.output
    return " ".join(attempt.output.replace("│", " ").split())


def reversed_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reversed_keys(value[key]) for key in reversed(value)}
    return [reversed_keys(each) for each in value] if isinstance(value, list) else value


def test_pain_5_and_10_another_spelling_or_build_of_a_definition_is_no_change(desk: Desk) -> None:
    """sagemaker-controller PR 360: the order of keys and white space; sagemaker-python-sdk issues 2587 and 2736: time stamps."""
    terraform = desk.terraform
    for attribute, samples in ((INLINE, SAMPLES), (FROM_FILE, SAMPLES[-1:])):
        for sample in samples:
            document = json.loads(sample.read_text())
            desk.write(document, attribute)
            terraform.apply()
            before = versions(desk.aws)
            for again in (json.dumps(reversed_keys(document), indent=3), rebuilt(json.dumps(document))):
                desk.write(again, attribute)
                assert terraform.is_settled(), f"{sample.name}: {attribute}"
            assert versions(desk.aws) == before
    stamped = rebuilt(sample.read_text())
    assert stamped != sample.read_text(), "the last sample has time stamps"
    desk.write(stamped, FROM_FILE + "\n  ignore_sdk_timestamps = false")
    assert terraform.changes() == {PIPELINE: ["update"]}
    terraform.apply()
    assert versions(desk.aws) == before + 1 and terraform.is_settled()
    desk.leaves_nothing()


def rebuilt(text: str) -> str:
    """The same definition, built by the SDK at another time."""
    return text.replace("-2026-11-26-00-44-42-", "-2027-01-02-03-04-05-").replace("-20261126005558", "-20270102030405")


def test_a_changed_file_is_a_diff_whose_hash_is_known(desk: Desk) -> None:
    terraform = desk.terraform
    output = 'output "sha256" {\n  value = mlops_pipeline.p.definition_sha256\n}\n'
    desk.write(small("one"), FROM_FILE, output)
    terraform.apply()
    desk.write(small("two"), FROM_FILE, output)
    plan = terraform.plan()
    (change,) = [c["change"] for c in plan["resource_changes"]]
    assert change["actions"] == ["update"] and json.loads(change["after"]["definition"]) == small("two")
    known = plan["planned_values"]["outputs"]["sha256"]["value"]
    assert len(known) == 64 and known != change["before"]["definition_sha256"]
    # Changed once more, between the plan and the apply.
    (terraform.directory / FILE).write_text(json.dumps(small("three")))
    refused = terraform.run("apply", "-no-color", "plan.bin")
    assert refused.code == 1 and "The files changed since they were planned" in refused.output, refused.output
    terraform.apply()
    assert json.loads(terraform.values()[PIPELINE]["definition"]) == small("three")
    desk.leaves_nothing()


def test_pain_2_a_definition_in_s3_is_what_aws_read_there(desk: Desk) -> None:
    """terraform-provider-aws issue 38259: the inline definition was planned null, and the next apply failed."""
    terraform, aws = desk.terraform, desk.aws
    s3, sagemaker = aws.client("s3"), aws.client("sagemaker")
    s3.create_bucket(Bucket="definitions")
    s3.put_bucket_versioning(Bucket="definitions", VersioningConfiguration={"Status": "Enabled"})

    def put(message: str, more: str = "") -> None:
        stored = s3.put_object(Bucket="definitions", Key="p.json", Body=json.dumps(small(message)))
        where = f'{{ bucket = "definitions", object_key = "p.json", version_id = "{stored["VersionId"]}" }}'
        desk.write("{}", f"definition_s3_location = {where}\n{more}")

    def known() -> Any:
        assert terraform.is_settled()
        return json.loads(terraform.values()[PIPELINE]["definition"])

    put("one")
    terraform.apply()
    assert known() == small("one")
    put("two", '  description = "second"')
    terraform.apply()
    assert known() == small("two")
    # Changed by others, and put right from S3; tags alone are no reason for another version.
    sagemaker.update_pipeline(PipelineName="p", PipelineDefinition=json.dumps(small("theirs")))
    plan = terraform.plan()
    (change,) = [c["change"] for c in plan["resource_changes"]]
    assert change["actions"] == ["update"] and change["after_unknown"]["definition"] is True, plan["text"]
    terraform.apply()
    assert known() == small("two")
    before = versions(aws)
    desk.main.write_text(desk.main.read_text().replace('"second"', '"second"\n  tags = { a = "b" }'))
    terraform.apply()
    assert versions(aws) == before and known() == small("two")
    # The same document, given another way: nothing is sent that AWS does not have.
    desk.write(small("two"))
    assert terraform.changes() == {PIPELINE: ["update"]}
    terraform.apply()
    assert known() == small("two")
    for version in s3.list_object_versions(Bucket="definitions")["Versions"]:
        s3.delete_object(Bucket="definitions", Key="p.json", VersionId=version["VersionId"])
    s3.delete_bucket(Bucket="definitions")
    desk.leaves_nothing()


def running(role: str, *command: str, **arguments: Any) -> dict[str, Any]:
    """A definition whose one step runs a command."""
    image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
    cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}
    arguments |= {
        "RoleArn": role,
        "ProcessingResources": {"ClusterConfig": cluster},
        "AppSpecification": {"ImageUri": image, "ContainerEntrypoint": list(command)},
    }
    return {"Version": "2020-12-01", "Steps": [{"Name": "Run", "Type": "Processing", "Arguments": arguments}]}


@pytest.mark.parametrize(
    "on_destroy, left, seconds", [("stop_executions", "Stopped", 600), ("wait_for_executions", "Completed", 1)]
)
def test_a_destroy_stops_or_waits_for_what_runs(on_destroy: str, left: str, seconds: int, desk: Desk) -> None:
    terraform, sagemaker = desk.terraform, desk.aws.client("sagemaker")
    desk.write(running(desk.role, "sleep", str(seconds)), f'{INLINE}\n  on_destroy = "{on_destroy}"')
    terraform.apply()
    sagemaker.start_pipeline_execution(PipelineName="p", ClientRequestToken="t" * 32)

    def job() -> list[str]:
        return [each["ProcessingJobStatus"] for each in sagemaker.list_processing_jobs()["ProcessingJobSummaries"]]

    desk.aws.wait_for("the step runs", lambda: job() == ["InProgress"])
    terraform.destroy()
    assert job() == [left]
    delete_logs(desk.aws)
    desk.leaves_nothing()


def test_parameters_are_those_of_the_pipeline_as_it_is_planned(desk: Desk) -> None:
    terraform = desk.terraform

    def declares(*names: str) -> dict[str, Any]:
        return small(Parameters=[{"Name": name, "Type": "Integer", "DefaultValue": 1} for name in names])

    desk.write(declares("A"), INLINE, EXECUTED.replace("mlops_pipeline.p.name", '"p"') % '{ A = "2" }')
    terraform.apply("-target=mlops_pipeline.p")
    # Both change in one plan: AWS does not know the new parameter yet.
    desk.write(declares("A", "B"), INLINE, EXECUTED % '{ B = "2" }')
    assert terraform.changes() == {PIPELINE: ["update"], "mlops_pipeline_execution.e": ["create"]}
    for parameters, told in (('{ C = "2" }', 'no parameter "C". It declares "A", "B"'), ('{ B = "two" }', "a whole number")):
        desk.write(declares("A", "B"), INLINE, EXECUTED % parameters)
        text = refused(terraform)
        assert told in text, text
    desk.write(declares("A", "B"))
    desk.leaves_nothing()


def test_a_failed_execution_that_was_retried_stays(desk: Desk) -> None:
    terraform, aws, sagemaker, s3 = desk.terraform, desk.aws, desk.aws.client("sagemaker"), desk.aws.client("s3")
    allow = {"Effect": "Allow", "Action": ["s3:*", "logs:*", "cloudwatch:*"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    desk.iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=policy)
    s3.create_bucket(Bucket="later")
    place = "/opt/ml/processing/input/x"
    source = {"S3Uri": "s3://later/x/", "LocalPath": place, "S3DataType": "S3Prefix", "S3InputMode": "File"}
    inputs = [{"InputName": "x", "S3Input": source}]
    definition = running(desk.role, "cat", f"{place}/late", ProcessingInputs=inputs)
    desk.write(definition, more=EXECUTED % "{}")
    (error,) = [d.text for d in terraform.attempt("apply").told if d.severity == "error"]
    assert 'The step "Run" failed: ' in error, error
    arn = terraform.values()["mlops_pipeline_execution.e"]["arn"]
    s3.put_object(Bucket="later", Key="x/late", Body=b"here")
    sagemaker.retry_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken="t" * 32)
    aws.wait_for("the retry succeeds", lambda: executions(aws, "p") == ["Succeeded"])
    terraform.must("untaint", "mlops_pipeline_execution.e")
    assert terraform.is_settled()
    terraform.apply("-refresh-only")
    assert terraform.values()["mlops_pipeline_execution.e"]["steps"]["Run"]["status"] == "Succeeded"
    desk.iam.delete_role_policy(RoleName="r", PolicyName="p")
    s3.delete_object(Bucket="later", Key="x/late")
    s3.delete_bucket(Bucket="later")
    terraform.destroy()
    delete_logs(aws)
    desk.leaves_nothing()


def test_selected_steps_run_with_the_results_of_an_earlier_execution(
    aws: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    directory = copy_example(FOLDER, tmp_path / "example", initialised, [])
    terraform = Terraform(directory, cli_configuration, aws.environment())
    terraform.apply()
    first = terraform.values()[EXECUTION]["arn"]
    selected = f"""
  wait_for_completion = true
  selective_execution_config = {{
    selected_steps                = [{{ step_name = "IsGood" }}]
    source_pipeline_execution_arn = "{first}"
  }}
"""
    edit(directory, Edit('  display_name  = "Evaluation"\n', selected))
    assert terraform.changes() == {EXECUTION: ["delete", "create"]}
    terraform.apply()
    steps = terraform.values()[EXECUTION]["steps"]
    assert steps["IsGood"]["outcome"] == "True" and steps["IsGood"]["source_pipeline_execution_arn"] is None
    assert steps["Evaluate"]["source_pipeline_execution_arn"] == first and steps["Evaluate"]["cache_hit"] is False
    assert terraform.is_settled()
    terraform.destroy()
    delete_logs(aws)
    assert aws.inventory() == []


def test_of_a_pipeline_elsewhere_aws_says_the_parameters(desk: Desk) -> None:
    terraform = desk.terraform
    desk.write(small(Parameters=[{"Name": "A", "Type": "Integer"}]))
    terraform.apply()
    other = desk.main.read_text()
    elsewhere = EXECUTED.replace("mlops_pipeline.p.name", '"p"') % '{ B = "2" }'
    desk.main.write_text(desk.head + elsewhere)
    text = refused(terraform)
    assert 'no parameter "B"' in text and '"A" of the pipeline has no default' in text, text
    desk.main.write_text(other)
    desk.leaves_nothing()
