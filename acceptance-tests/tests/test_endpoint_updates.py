"""An endpoint serves what worked until something better does. What hurts users of other providers, each named where it is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sweep import Place, Story, is_holding, kill_both

from acceptance.cases import Edit
from acceptance.example import copy_example, edit
from acceptance.local_aws import LocalAws
from acceptance.terraform import Run, Terraform, changes_of

FOLDER = "resources/mlops_endpoint"
ENDPOINT = "mlops_endpoint.churn"
WRONG = Edit("round(p, 3)", "round(1 - p, 3)", "serving/inference.py")
MENDED = Edit("round(1 - p, 3)", "round(p, 4)", "serving/inference.py")


def serving(aws: LocalAws) -> str:
    """The configuration that the endpoint serves, which exists: nobody deletes what is in use."""
    client = aws.client("sagemaker")
    endpoint = client.describe_endpoint(EndpointName="churn")
    assert endpoint["EndpointStatus"] == "InService", endpoint
    client.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
    return endpoint["EndpointConfigName"]


def response(aws: LocalAws) -> str:
    """What the endpoint responds."""
    called = aws.client("sagemaker-runtime").invoke_endpoint(
        EndpointName="churn", Body=b"48,0,35.0", ContentType="text/csv", Accept="application/json"
    )
    return called["Body"].read().decode()


def said(run: Run) -> str:
    """The one error of a run that failed."""
    (error,) = [told for told in run.told if told.severity == "error"]
    assert error.address == ENDPOINT, run.output
    return error.text


def known(terraform: Terraform) -> Any:
    """What the state says that serves."""
    return terraform.values()[ENDPOINT]["endpoint_config_name"]


def test_an_endpoint_serves_what_worked_until_something_better_does(
    aws: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    terraform = Terraform(
        copy_example(FOLDER, tmp_path / "example", initialised, []), cli_configuration, aws.environment()
    )
    terraform.apply()
    first, good = serving(aws), response(aws)
    assert good == "[0.039]"
    edit(terraform.directory, WRONG)

    # hashicorp/terraform-provider-aws issues 48997, 46663, 39099: AWS rolls an update back, the apply reports success, and
    # the configuration in use is deleted.
    watch = aws.client("cloudwatch")
    watch.put_metric_alarm(
        AlarmName="churn-5xx", Namespace="AWS/SageMaker", MetricName="Invocation5XXErrors", Statistic="Sum", Period=60,
        EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="breaching",
    )  # fmt: skip
    watch.set_alarm_state(AlarmName="churn-5xx", StateValue="ALARM", StateReason="a test")
    text = said(terraform.attempt("apply"))
    assert "rolled the update back" in text and "churn-5xx" in text, text
    assert (serving(aws), known(terraform), response(aws)) == (first, first, good)
    watch.delete_alarms(AlarmNames=["churn-5xx"])

    # A kill while the new model is tested, which serves by then: the next apply tests what it finds.
    aws.fault("^sagemaker-runtime:InvokeEndpoint$", "pause", times=None)
    process = terraform.start("apply", "-auto-approve", "-input=false", "-no-color")
    aws.wait_for("the test is held", lambda: is_holding(aws) or process.poll() is not None, 60)
    kill_both(process)
    aws.control("DELETE", "faults")
    second = serving(aws)
    assert second != first and known(terraform) == first
    plan = terraform.plan()
    assert changes_of(plan)[ENDPOINT] == ["update"], plan["text"]
    assert "48,0,35.0" not in plan["text"], "request bodies are not shown"

    # MoJ analytical-platform issue 7152: a model that is wrong, or does not arrive, is noticed by nobody. And however often
    # the apply is repeated, the configuration in use stays.
    for _ in range(2):
        text = said(terraform.attempt("apply"))
        for part in ("smoke test", "[0.961]", "^\\\\[0[.]0", f'rolled back, and serves the endpoint configuration "{first}" again'):
            assert part in text, text
        assert (serving(aws), known(terraform), response(aws)) == (first, first, good)

    edit(terraform.directory, MENDED)
    terraform.apply()
    assert response(aws) == "[0.0392]" and known(terraform) == serving(aws) != first
    assert terraform.is_settled()
    configurations = aws.client("sagemaker").list_endpoint_configs()["EndpointConfigs"]
    assert [c["EndpointConfigName"] for c in configurations] == [serving(aws)], "nothing is left of what failed"
    terraform.destroy()
    assert aws.inventory() == []


def test_a_new_endpoint_that_fails_its_test_is_tainted_and_made_again(
    aws: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    terraform = Terraform(
        copy_example(FOLDER, tmp_path / "example", initialised, []), cli_configuration, aws.environment()
    )
    edit(terraform.directory, WRONG)
    text = said(terraform.attempt("apply"))
    assert "tainted" in text and "[0.961]" in text, text
    edit(terraform.directory, MENDED)
    plan = terraform.plan()
    assert changes_of(plan)[ENDPOINT] == ["delete", "create"], plan["text"]
    terraform.apply()
    assert response(aws) == "[0.0392]" and terraform.is_settled()
    terraform.destroy()
    assert aws.inventory() == []


def test_a_destroy_waits_until_the_endpoint_is_at_rest(
    quick: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    # hashicorp/terraform-provider-aws pull request 39152 and aws/amazon-sagemaker-examples issue 3432: AWS refuses to delete
    # what it is updating by itself.
    template = copy_example("resources/mlops_autoscaling_target", tmp_path / "example", initialised, [])
    terraform = Terraform(template, cli_configuration, quick.environment())
    terraform.apply()
    quick.control("POST", "status", kind="Endpoint", name="churn", status="SystemUpdating")
    quick.forget_calls()
    process = terraform.start("destroy", "-auto-approve", "-input=false", "-no-color")

    def asked(operation: str) -> int:
        return sum(call["operation"] == operation for call in quick.calls())

    quick.wait_for("it waits", lambda: asked("DescribeEndpoint") >= 4 or process.poll() is not None, 60)
    assert process.poll() is None and asked("DeleteEndpoint") == 0
    quick.control("POST", "status", kind="Endpoint", name="churn", status="InService")
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    assert quick.inventory() == []


def test_a_destroy_after_a_kill_names_the_configuration_that_it_leaves(story_of: Callable[[str], Story]) -> None:
    # Before there is an endpoint, no state knows of the configuration that was created for it.
    places = [Place(f"sagemaker:{operation}", 0, "after") for operation in ("CreateEndpointConfig", "CreateEndpoint")]
    story_of(FOLDER).leaves_nothing_unsaid(kill_both, places)
