"""What is off by its schedule is no drift: it is neither shown as gone nor made again, and comes back as the configuration says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from acceptance.cases import Edit
from acceptance.example import copy_example, edit
from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform, changes_of

NOTEBOOK = "resources/mlops_off_hours_schedule"
ENDPOINT = "guides/off-hours"
ADDRESS = "mlops_endpoint.churn"
HOUR = 3600


@pytest.fixture
def applied(quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path) -> Callable[..., Terraform]:
    """Applies an example, changed."""

    def apply(folder: str, *edits: Edit) -> Terraform:
        directory = copy_example(folder, tmp_path / "example", initialised, list(edits))
        terraform = Terraform(directory, cli_configuration, quick.environment())
        terraform.apply()
        return terraform

    return apply


def endpoint(aws: LocalAws) -> dict[str, Any]:
    """The endpoint; empty if there is none."""
    try:
        return aws.client("sagemaker").describe_endpoint(EndpointName="churn-by-day")
    except ClientError:
        return {}


def status(aws: LocalAws) -> str:
    """The status of the endpoint; empty if there is none."""
    return endpoint(aws).get("EndpointStatus", "")


def is_there(aws: LocalAws) -> bool:
    """Whether the endpoint is in service."""
    return status(aws) == "InService"


def is_gone(aws: LocalAws) -> bool:
    """Whether there is no endpoint."""
    return not status(aws)


def notebook(aws: LocalAws) -> str:
    """The status of the notebook instance."""
    found = aws.client("sagemaker").describe_notebook_instance(NotebookInstanceName="analysis-by-day")
    return found["NotebookInstanceStatus"]


def pass_time(aws: LocalAws, until: Callable[[LocalAws], bool]) -> None:
    """Let hours pass until a schedule has brought something about. A weekend has 60 hours off."""
    for _ in range(80):
        if until(aws):
            return
        aws.control("POST", "clock", advance=HOUR)
    raise AssertionError(f"{until.__name__} has not come about within 80 hours")


def created(aws: LocalAws) -> int:
    """How often Terraform has created an endpoint: the calls of schedules are not recorded."""
    return sum(call["operation"] == "CreateEndpoint" for call in aws.calls())


def test_a_notebook_instance_is_stopped_and_started(quick: LocalAws, applied: Callable[..., Terraform]) -> None:
    terraform = applied(NOTEBOOK)
    for wanted in ("Stopped", "InService", "Stopped"):
        pass_time(quick, lambda aws, wanted=wanted: notebook(aws) == wanted)
        assert terraform.is_settled(), wanted
    policy = terraform.values()["mlops_execution_role.schedule"]["policy_json"]
    assert policy.count("sagemaker:") == 2 + 1, "two actions, on one notebook instance"
    terraform.destroy()
    assert quick.inventory() == []


def test_an_endpoint_that_is_off_is_no_drift_and_comes_back(quick: LocalAws, applied: Callable[..., Terraform]) -> None:
    terraform = applied(ENDPOINT)
    first = endpoint(quick)
    pass_time(quick, is_gone)
    quick.forget_calls()
    assert terraform.is_settled()
    terraform.apply()
    assert is_gone(quick) and created(quick) == 0
    state = terraform.values()[ADDRESS]
    assert state["endpoint_status"] is None and state["endpoint_config_name"] == first["EndpointConfigName"]

    pass_time(quick, is_there)
    back = endpoint(quick)
    assert back["CreationTime"] > first["CreationTime"] and back["EndpointConfigName"] == first["EndpointConfigName"]
    tags = quick.client("sagemaker").list_tags(ResourceArn=back["EndpointArn"])["Tags"]
    assert {"Key": "stage", "Value": "test"} in tags
    assert terraform.is_settled(), "it is the same endpoint, and not another one of its name"
    terraform.apply("-refresh-only")
    assert terraform.values()[ADDRESS]["endpoint_status"] == "InService"

    # A change while it is off takes effect when it comes back, and only then the former configuration goes.
    pass_time(quick, is_gone)
    edit(terraform.directory, Edit("ml.m5.large", "ml.m5.xlarge"))
    plan = terraform.plan()
    assert changes_of(plan) == {ADDRESS: ["update"], "mlops_off_hours_schedule.churn": ["update"]}, plan["text"]
    quick.forget_calls()
    terraform.apply()
    assert is_gone(quick) and created(quick) == 0 and terraform.is_settled()
    pass_time(quick, is_there)
    serving = endpoint(quick)["EndpointConfigName"]
    assert serving != first["EndpointConfigName"] and serving == terraform.values()[ADDRESS]["endpoint_config_name"]
    terraform.apply()
    left = quick.client("sagemaker").list_endpoint_configs()["EndpointConfigs"]
    assert [each["EndpointConfigName"] for each in left] == [serving] and terraform.is_settled()

    pass_time(quick, is_gone)
    terraform.destroy()
    assert quick.inventory() == []


@pytest.mark.parametrize("schedule_is", ["deleted", "disabled", "for another endpoint"])
def test_an_endpoint_that_nothing_brings_back_is_created(
    quick: LocalAws, applied: Callable[..., Terraform], schedule_is: str
) -> None:
    terraform = applied(ENDPOINT)
    pass_time(quick, is_gone)
    scheduler = quick.client("scheduler")
    name = "churn-by-day-start"
    if schedule_is == "deleted":
        scheduler.delete_schedule(Name=name)
    else:
        known = scheduler.get_schedule(Name=name)
        members = ("Name", "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target")
        changed = {member: known[member] for member in members}
        if schedule_is == "disabled":
            changed["State"] = "DISABLED"
        else:
            changed["Target"]["Input"] = changed["Target"]["Input"].replace('"churn-by-day"', '"another"')
        scheduler.update_schedule(**changed)
    plan = terraform.plan()
    assert changes_of(plan) == {ADDRESS: ["delete", "create"], "mlops_off_hours_schedule.churn": ["update"]}, plan["text"]
    terraform.apply()
    assert is_there(quick) and terraform.is_settled()
    terraform.destroy()
    assert quick.inventory() == []


def test_an_endpoint_that_is_to_have_no_schedule_any_more_is_created_at_once(
    quick: LocalAws, applied: Callable[..., Terraform]
) -> None:
    terraform = applied(ENDPOINT)
    pass_time(quick, is_gone)
    edit(terraform.directory, Edit('  off_hours_schedule_name = "churn-by-day"\n', ""))
    plan = terraform.plan()
    assert changes_of(plan)[ADDRESS] == ["delete", "create"], plan["text"]
    terraform.apply()
    assert is_there(quick) and terraform.is_settled()
    terraform.destroy()
    assert quick.inventory() == []
