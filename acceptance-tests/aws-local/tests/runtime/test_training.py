"""Training jobs: a real scikit-learn job, and every way a job can end."""

from __future__ import annotations

import csv
import io
import json
import tarfile
import time
from collections.abc import Callable
from typing import Any

import pytest
from sklearn.datasets import load_digits

from aws_local.services import AwsError, Runtime

from .fakes import IMAGE, ROLE, FakeRecord, FakeServices

TRAIN = """
import argparse, json, os, pathlib
import joblib, pandas as pd
from sklearn.linear_model import LogisticRegression

parser = argparse.ArgumentParser()
parser.add_argument("--max_iter", type=int)
parser.add_argument("-C", type=float)
parser.add_argument("--model-dir", default=os.environ["SM_MODEL_DIR"])
parser.add_argument("--train", default=os.environ["SM_CHANNEL_TRAIN"])
args = parser.parse_args()
table = pd.read_csv(pathlib.Path(args.train) / "digits.csv", header=None)
model = LogisticRegression(max_iter=args.max_iter, C=args.C).fit(table.iloc[:1400, 1:], table.iloc[:1400, 0])
print(f"validation:accuracy=0.5;")
print(f"validation:accuracy={model.score(table.iloc[1400:, 1:], table.iloc[1400:, 0]):.4f};")
joblib.dump(model, pathlib.Path(args.model_dir) / "model.joblib")
pathlib.Path(os.environ["SM_OUTPUT_DATA_DIR"], "env.json").write_text(json.dumps(dict(os.environ)))
"""


def digits_csv() -> bytes:
    digits = load_digits()
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows(
        [[label, *row] for label, row in zip(digits.target, digits.data.astype(int).tolist(), strict=True)]
    )
    return text.getvalue().encode()


def request(source: str | None, **changes: Any) -> dict[str, Any]:
    hyperparameters = {"sagemaker_program": "train.py", "sagemaker_submit_directory": source} if source else {}
    return {
        "TrainingJobName": "job",
        "RoleArn": ROLE,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "HyperParameters": hyperparameters,
        "OutputDataConfig": {"S3OutputPath": "s3://data/models/"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        **changes,
    }


def create(services: FakeServices, runtime: Runtime, body: dict[str, Any]) -> FakeRecord:
    record = services.add("TrainingJob", "job", body)
    hook = runtime.hooks["TrainingJob"].on_create
    assert hook and hook(services, record) is True
    return record


def unpack(data: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return {item.name: archive.extractfile(item).read() for item in archive if item.isfile()}  # type: ignore[union-attr]


def test_digits(services: FakeServices, runtime: Runtime, sources: Callable[..., str], both_ways: str) -> None:
    services.objects["s3://data/digits/digits.csv"] = digits_csv()
    body = request(
        sources(train=TRAIN),
        InputDataConfig=[
            {
                "ChannelName": "train",
                "ContentType": "text/csv",
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3Uri": "s3://data/digits/",
                        "S3DataDistributionType": "ShardedByS3Key",
                    }
                },
            }
        ],
        Environment={"MY_OWN": "yes"},
    )
    body["HyperParameters"] |= {"max_iter": "50", "C": "0.5"}
    body["AlgorithmSpecification"]["MetricDefinitions"] = [
        {"Name": "validation:accuracy", "Regex": "validation:accuracy=([0-9.]+);"}
    ]
    record = create(services, runtime, body).wait("Completed", "Failed")
    assert record.status == "Completed", record.output
    output = record.output

    assert output["ModelArtifacts"] == {"S3ModelArtifacts": "s3://data/models/job/output/model.tar.gz"}
    assert list(unpack(services.objects["s3://data/models/job/output/model.tar.gz"])) == ["model.joblib"]
    (metric,) = output["FinalMetricDataList"]
    assert metric["MetricName"] == "validation:accuracy" and 0.85 < metric["Value"] <= 1
    published = services.metrics["/aws/sagemaker/TrainingJobs"]
    assert [item["Value"] for item in published] == [0.5, metric["Value"]]
    assert published[0]["Dimensions"] == [{"Name": "TrainingJobName", "Value": "job"}]
    assert [item["Status"] for item in output["SecondaryStatusTransitions"]] == [
        "Starting", "Downloading", "Training", "Uploading", "Completed",
    ]  # fmt: skip
    assert output["TrainingStartTime"] <= output["TrainingEndTime"]
    assert output["BillableTimeInSeconds"] >= 1

    ((group, stream),) = services.logs
    assert group == "/aws/sagemaker/TrainingJobs" and stream.startswith("job/algo-1-")
    assert "validation:accuracy=0.5;" in services.logs[group, stream]

    env = json.loads(unpack(services.objects["s3://data/models/job/output/output.tar.gz"])["env.json"])
    assert env["SM_HPS"] == '{"C":0.5,"max_iter":50}'
    assert env["SM_HP_MAX_ITER"] == "50"
    assert json.loads(env["SM_USER_ARGS"]) == ["-C", "0.5", "--max_iter", "50"]
    assert json.loads(env["SM_CHANNELS"]) == ["train"]
    assert json.loads(env["SM_HOSTS"]) == ["algo-1"]
    assert json.loads(env["SM_RESOURCE_CONFIG"])["current_instance_type"] == "ml.m5.large"
    assert env["SM_MODULE_NAME"] == "train"
    assert env["TRAINING_JOB_NAME"] == "job" and env["TRAINING_JOB_ARN"] == record.arn
    assert env["MY_OWN"] == "yes"
    assert env["AWS_ENDPOINT_URL"] == services.endpoint_url and env["AWS_REGION"] == services.region
    if both_ways == "namespaces":
        assert env["SM_MODEL_DIR"] == "/opt/ml/model" and env["SM_CHANNEL_TRAIN"] == "/opt/ml/input/data/train"


def test_failing_script_reports_its_error(
    services: FakeServices, runtime: Runtime, sources: Callable[..., str], both_ways: str
) -> None:
    source = sources(train="import pathlib, os\npathlib.Path(os.environ['SM_MODEL_DIR'],'m').write_text('x')\n"
                           "raise ValueError('labels are missing')")  # fmt: skip
    record = create(services, runtime, request(source)).wait("Failed")
    assert record.output["FailureReason"] == (
        "AlgorithmError: ExecuteUserScriptError:\nExitCode 1\n"
        'ErrorMessage "ValueError: labels are missing"\nCommand "python train.py", exit code: 1'
    )
    assert record.output["SecondaryStatus"] == "Failed"
    assert "ModelArtifacts" not in record.output


def test_failure_file_wins(services: FakeServices, runtime: Runtime, sources: Callable[..., str]) -> None:
    source = sources(train="import sys\nopen('/opt/ml/output/failure','w').write('too few rows')\nsys.exit(3)")
    record = create(services, runtime, request(source)).wait("Failed")
    assert record.output["FailureReason"] == "AlgorithmError: too few rows, exit code: 3"


def test_long_failure_fits_the_member(services: FakeServices, runtime: Runtime, sources: Callable[..., str]) -> None:
    source = sources(train="raise ValueError('x' * 5000)")
    reason = create(services, runtime, request(source)).wait("Failed").output["FailureReason"]
    assert len(reason) <= 1024 and reason.endswith(", exit code: 1")


def test_entrypoint_with_literal_paths(services: FakeServices, runtime: Runtime, both_ways: str) -> None:
    services.objects["s3://data/in/part/one.txt"] = b"1"
    services.objects["s3://data/in/two.txt"] = b"2"
    code = (
        "import json,os,pathlib,sys;r=pathlib.Path(sys.argv[1]);"
        "c=json.loads((r/'input/config/hyperparameters.json').read_text());"
        "d=json.loads((r/'input/config/inputdataconfig.json').read_text());"
        "e=json.loads((r/'input/config/resourceconfig.json').read_text());"
        "f=sorted(str(p.relative_to(r)) for p in (r/'input/data').rglob('*.txt'));"
        "(r/'model/seen').write_text(json.dumps([c,d,e['hosts'],f]))"
    )
    body = request(
        None,
        HyperParameters={"depth": "3"},
        InputDataConfig=[
            {
                "ChannelName": "all",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://data/in"}},
            }
        ],
    )
    body["AlgorithmSpecification"] |= {
        "ContainerEntrypoint": ["python3", "-c", code],
        "ContainerArguments": ["/opt/ml"],
    }
    record = create(services, runtime, body).wait("Completed", "Failed")
    assert record.status == "Completed", record.output
    seen = json.loads(unpack(services.objects["s3://data/models/job/output/model.tar.gz"])["seen"])
    channel = {"TrainingInputMode": "File", "S3DistributionType": "FullyReplicated", "RecordWrapperType": "None"}
    assert seen == [
        {"depth": "3"},
        {"all": channel},
        ["algo-1"],
        ["input/data/all/part/one.txt", "input/data/all/two.txt"],
    ]


def test_manifest_and_single_object(services: FakeServices, runtime: Runtime) -> None:
    services.objects["s3://data/a/b/one.txt"] = b"1"
    services.objects["s3://data/manifest"] = json.dumps([{"prefix": "s3://data/a/"}, "b/one.txt"]).encode()
    sources = {"listed": ("ManifestFile", "s3://data/manifest"), "single": ("S3Prefix", "s3://data/a/b/one.txt")}
    body = request(
        None,
        InputDataConfig=[
            {"ChannelName": name, "DataSource": {"S3DataSource": {"S3DataType": kind, "S3Uri": uri}}}
            for name, (kind, uri) in sources.items()
        ],
    )
    body["AlgorithmSpecification"]["ContainerEntrypoint"] = [
        "/bin/sh", "-c", "cat /opt/ml/input/data/listed/b/one.txt /opt/ml/input/data/single/one.txt",
    ]  # fmt: skip
    create(services, runtime, body).wait("Completed")
    assert [line for lines in services.logs.values() for line in lines] == ["11"]


def test_missing_input_refuses_the_call(services: FakeServices, runtime: Runtime) -> None:
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://data/none/"}}
    body = request(None, InputDataConfig=[{"ChannelName": "train", "DataSource": source}])
    with pytest.raises(AwsError) as caught:
        create(services, runtime, body)
    assert caught.value.code == "ValidationException"
    assert 'No S3 objects found under S3 URL "s3://data/none/" given in input data source.' in caught.value.message


def test_missing_manifest_entry_is_a_client_error(services: FakeServices, runtime: Runtime) -> None:
    services.objects["s3://data/manifest"] = json.dumps([{"prefix": "s3://data/"}, "gone"]).encode()
    source = {"S3DataSource": {"S3DataType": "ManifestFile", "S3Uri": "s3://data/manifest"}}
    body = request(None, InputDataConfig=[{"ChannelName": "train", "DataSource": source}])
    record = create(services, runtime, body).wait("Failed")
    assert record.output["FailureReason"].startswith("ClientError: Data download failed: s3://data/gone: NoSuchKey")


@pytest.mark.parametrize("kind", ["S3Prefix", "ManifestFile"])
def test_keys_cannot_leave_the_folder(services: FakeServices, runtime: Runtime, kind: str) -> None:
    services.objects["s3://data/in/../../../../evil"] = b"x"
    services.objects["s3://data/list"] = json.dumps([{"prefix": "s3://data/in/"}, "../../../../evil"]).encode()
    uri = "s3://data/in/" if kind == "S3Prefix" else "s3://data/list"
    source = {"S3DataSource": {"S3DataType": kind, "S3Uri": uri}}
    record = create(services, runtime, request(None, InputDataConfig=[{"ChannelName": "c", "DataSource": source}]))
    record.wait("Failed")
    assert "leads out of the job's folder" in record.output["FailureReason"]


@pytest.mark.parametrize("text", ["not an archive", None])
def test_bad_sources(services: FakeServices, runtime: Runtime, text: str | None) -> None:
    if text:
        services.objects["s3://data/code.tar.gz"] = text.encode()
    record = create(services, runtime, request("s3://data/code.tar.gz")).wait("Failed")
    assert record.output["FailureReason"].startswith("ClientError: ")
    assert "s3://data/code.tar.gz" in record.output["FailureReason"]


@pytest.mark.parametrize("local", [{}, {"LocalPath": ""}], ids=["left out", "empty"])
def test_checkpoints_travel_both_ways(
    services: FakeServices, runtime: Runtime, both_ways: str, local: dict[str, str]
) -> None:
    services.objects["s3://data/points/epoch"] = b"4"
    body = request(None, CheckpointConfig={"S3Uri": "s3://data/points", **local})
    code = "import sys;p=sys.argv[1]+'/epoch';n=int(open(p).read())+1;open(p,'w').write(str(n))"
    body["AlgorithmSpecification"]["ContainerEntrypoint"] = ["python", "-c", code, "/opt/ml/checkpoints"]
    create(services, runtime, body).wait("Completed")
    assert services.objects["s3://data/points/epoch"] == b"5"


POLITE = """
import pathlib, signal, sys, time
def end(*_):
    pathlib.Path("/opt/ml/model/partial").write_text("kept")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
time.sleep(600)
"""


def wait_for_line(services: FakeServices, line: str) -> None:
    end = time.monotonic() + 20
    while not any(line in lines for lines in services.logs.values()):
        assert time.monotonic() < end, f"{line!r} was not printed: {dict(services.logs)}"
        time.sleep(0.02)


def test_stop_lets_the_script_save(services: FakeServices, runtime: Runtime, sources: Callable[..., str]) -> None:
    record = create(services, runtime, request(sources(train=POLITE)))
    wait_for_line(services, "ready")
    hook = runtime.hooks["TrainingJob"].on_stop
    assert hook and hook(services, record) is True
    record.wait("Stopped")
    assert record.history[-2:] == ["Stopping", "Stopped"]
    assert [item["Status"] for item in record.output["SecondaryStatusTransitions"]][-2:] == ["Stopping", "Stopped"]
    assert unpack(services.objects["s3://data/models/job/output/model.tar.gz"]) == {"partial": b"kept"}


STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
print("ready", flush=True)
time.sleep(600)
"""


def test_stop_kills_a_script_that_ignores_it(
    services: FakeServices, runtime: Runtime, sources: Callable[..., str]
) -> None:
    record = create(services, runtime, request(sources(train=STUBBORN)))
    wait_for_line(services, "ready")
    begun = time.monotonic()
    runtime.hooks["TrainingJob"].on_stop(services, record)  # type: ignore[misc]
    record.wait("Stopped")
    assert 1 <= time.monotonic() - begun < 5


def test_max_runtime(services: FakeServices, runtime: Runtime, sources: Callable[..., str]) -> None:
    record = create(services, runtime, request(sources(train=POLITE)))
    wait_for_line(services, "ready")
    services.clock.ahead += 61
    record.wait("Stopped")
    assert record.output["SecondaryStatus"] == "MaxRuntimeExceeded"


def test_refused_without_permission_to_execute(services: FakeServices, runtime: Runtime) -> None:
    services.allow_exec = False
    record = create(services, runtime, request("s3://data/code.tar.gz")).wait("Failed")
    assert "--allow-exec" in record.output["FailureReason"]


def test_unknown_image(services: FakeServices, runtime: Runtime) -> None:
    services.environments = {"*/other:*": ""}
    record = create(services, runtime, request("s3://data/code.tar.gz")).wait("Failed")
    assert IMAGE in record.output["FailureReason"]


def test_close_ends_a_running_job(services: FakeServices, runtime: Runtime, sources: Callable[..., str]) -> None:
    record = create(services, runtime, request(sources(train=STUBBORN)))
    wait_for_line(services, "ready")
    runtime.close()
    assert record.status == "InProgress", "an aborted job reports nothing"


def test_bad_metric_regex_refuses_the_call(services: FakeServices, runtime: Runtime) -> None:
    body = request("s3://data/code.tar.gz")
    body["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "accuracy", "Regex": "accuracy=(["}]
    with pytest.raises(AwsError, match="The regex of metric accuracy cannot be read"):
        create(services, runtime, body)


def test_a_job_that_is_asked_to_fail_is_left_to_the_engine(services: FakeServices, runtime: Runtime) -> None:
    record = services.add("TrainingJob", "job", request("s3://data/code.tar.gz"))
    record.private["failure"] = "CapacityError: Unable to provision requested ML compute capacity."
    hook = runtime.hooks["TrainingJob"].on_create
    assert hook and hook(services, record) is False
    assert record.history == []
