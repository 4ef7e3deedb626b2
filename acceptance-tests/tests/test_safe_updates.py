"""The guide on safe endpoint updates, played as it is written: its diffs are made, its commands run, and what it shows is what comes."""

from __future__ import annotations

from pathlib import Path

from guides import blocks, make, shows

from acceptance.example import copy_example
from acceptance.installation import ROOT
from acceptance.local_aws import LocalAws
from acceptance.terraform import Terraform

GUIDE = ROOT / "docs" / "guides" / "safe-endpoint-updates.md"
ALARM = "churn-main-invocation-5xx-errors"


def requests_fail(aws: LocalAws) -> None:
    """The local AWS routes no requests to a canary: these are the metrics of those that it would fail, for the next minutes."""
    watch = aws.client("cloudwatch")
    dimensions = [{"Name": "EndpointName", "Value": "churn"}, {"Name": "VariantName", "Value": "main"}]
    datum = {"MetricName": "Invocation5XXErrors", "Dimensions": dimensions, "Value": 1}
    now = aws.control("GET", "clock")["now"]
    data = [{**datum, "Timestamp": now + 60 * minute} for minute in range(5)]
    watch.put_metric_data(Namespace="AWS/SageMaker", MetricData=data)
    wait_for(aws, "ALARM")


def wait_for(aws: LocalAws, state: str) -> None:
    """Waits until the alarm is in this state."""
    watch = aws.client("cloudwatch")
    aws.wait_for(state, lambda: watch.describe_alarms(AlarmNames=[ALARM])["MetricAlarms"][0]["StateValue"] == state)


def response(aws: LocalAws) -> str:
    """What the endpoint responds, whose models all exist."""
    client = aws.client("sagemaker")
    serving = client.describe_endpoint(EndpointName="churn")["EndpointConfigName"]
    for variant in client.describe_endpoint_config(EndpointConfigName=serving)["ProductionVariants"]:
        client.describe_model(ModelName=variant["ModelName"])
    called = aws.client("sagemaker-runtime").invoke_endpoint(
        EndpointName="churn", Body=b"48,0,35.0", ContentType="text/csv", Accept="application/json"
    )
    return called["Body"].read().decode()


def test_what_the_guide_shows_is_what_comes(
    aws: LocalAws, tmp_path: Path, cli_configuration: Path, initialised: Path
) -> None:
    directory = copy_example("guides/safe-endpoint-updates", tmp_path / "example", initialised, [])
    terraform = Terraform(directory, cli_configuration, aws.environment())
    codes = []
    for kind, text, shown in blocks(GUIDE):
        if kind == "diff":
            make(text, directory)
            continue
        run = terraform.run(*text.split(), "-input=false", "-no-color")
        codes.append(run.code)
        shows(shown, run.output)
        assert "Warning" not in run.output, "the endpoint has left what is deleted"
        # Whatever is applied, the endpoint responds as it should.
        assert response(aws) == "[0.024]"
        if len(codes) == 1:
            requests_fail(aws)
        if len(codes) == 2:
            aws.control("POST", "clock", advance=900)
            wait_for(aws, "OK")
    assert codes == [0, 1, 1, 0, 0]
    client = aws.client("sagemaker")
    assert len(client.list_models()["Models"]) == len(client.list_endpoint_configs()["EndpointConfigs"]) == 1
    terraform.destroy()
    assert aws.inventory() == []
