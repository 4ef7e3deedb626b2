"""The local AWS: when it is ready, how many descriptions it answers, how long ten thousand alarms take to list."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
from statistics import median

import boto3

from .figures import CannotMeasure, Figure, spread

STARTS = 5
CLIENTS = 8
SECONDS = 5.0
ALARMS = 10_000
PAGE = 100
REGION = "us-east-1"
JOBS = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["s3:PutObject", "ecr:*"], "Resource": "*"}],
    }
)
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


class Server:
    """A local AWS of its own, as the acceptance tests start it."""

    def __init__(self) -> None:
        began = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "aws_local.cli", "serve", "--role-delay", "0", "--permission-delay", "0"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise CannotMeasure("the local AWS did not start")
        self.endpoint = json.loads(line)["endpoint"]
        self.send("sagemaker", "SageMaker.ListModels", {})
        self.ready_seconds = time.perf_counter() - began

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(20)

    def send(
        self, service: str, target: str, members: object, connection: http.client.HTTPConnection | None = None
    ) -> dict:
        """One awsJson call, over a connection that is kept if one is given. Raises CannotMeasure."""
        connection = connection or self.connection()
        headers = {
            "X-Amz-Target": target,
            "Content-Type": "application/x-amz-json-1.1",
            "Authorization": f"AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/{service}/aws4_request, x",
        }
        connection.request("POST", "/", json.dumps(members), headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise CannotMeasure(f"{target} answered {answer.status}: {text.decode()[:300]}")
        return json.loads(text) if text else {}

    def connection(self) -> http.client.HTTPConnection:
        """A connection to it."""
        return http.client.HTTPConnection(self.endpoint.removeprefix("http://"))


def local_aws() -> list[Figure]:
    """All figures of the local AWS."""
    starts = []
    for _ in range(STARTS):
        with Server() as server:
            starts.append(server.ready_seconds)
    with Server() as server:
        return [
            Figure("local AWS, start to first answer", spread(starts, "s", 2), "", "< 2 s", median(starts) < 2),
            descriptions(server),
            alarms(server),
        ]


def descriptions(server: Server) -> Figure:
    """DescribeTrainingJob by several clients at once."""
    iam = boto3.client(
        "iam",
        region_name=REGION,
        endpoint_url=server.endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    role = iam.create_role(RoleName="role", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    iam.put_role_policy(RoleName="role", PolicyName="jobs", PolicyDocument=JOBS)
    job = {
        "TrainingJobName": "job",
        "RoleArn": role,
        "AlgorithmSpecification": {
            "TrainingImage": "123456789012.dkr.ecr.us-east-1.amazonaws.com/i:1",
            "TrainingInputMode": "File",
        },
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/output"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
    }
    server.send("sagemaker", "SageMaker.CreateTrainingJob", job)
    counts = [0] * CLIENTS
    ending = time.perf_counter() + SECONDS

    def ask(client: int) -> None:
        connection = server.connection()
        while time.perf_counter() < ending:
            server.send("sagemaker", "SageMaker.DescribeTrainingJob", {"TrainingJobName": "job"}, connection)
            counts[client] += 1

    clients = [threading.Thread(target=ask, args=(client,)) for client in range(CLIENTS)]
    began = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    rate = sum(counts) / (time.perf_counter() - began)
    return Figure(
        f"local AWS, DescribeTrainingJob by {CLIENTS} clients", f"{rate:.0f}/s", "", "at least 1,000/s", rate >= 1000
    )


def alarms(server: Server) -> Figure:
    """Every page of many alarms."""
    connection = server.connection()
    target = "GraniteServiceVersion20100801"
    for number in range(ALARMS):
        alarm = {
            "AlarmName": f"alarm-{number:05}",
            "Namespace": "AWS/SageMaker",
            "MetricName": "Invocations",
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanThreshold",
        }
        server.send("monitoring", f"{target}.PutMetricAlarm", alarm, connection)
    seen, pages, members = 0, [], {"MaxRecords": PAGE}
    while True:
        began = time.perf_counter()
        answer = server.send("monitoring", f"{target}.DescribeAlarms", members, connection)
        pages.append((time.perf_counter() - began) * 1000)
        seen += len(answer["MetricAlarms"])
        if "NextToken" not in answer:
            break
        members = {"MaxRecords": PAGE, "NextToken": answer["NextToken"]}
    if seen != ALARMS or len(pages) != ALARMS // PAGE:
        raise CannotMeasure(f"{seen} alarms on {len(pages)} pages instead of {ALARMS} on {ALARMS // PAGE}")
    return Figure(
        f"local AWS, {ALARMS:,} alarms, a page of {PAGE}", spread(pages, "ms"), f"all: {sum(pages) / 1000:.1f} s"
    )
