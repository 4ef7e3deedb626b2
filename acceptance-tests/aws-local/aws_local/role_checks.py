"""What SageMaker may do with a role: before it makes a job, and while the job reads, writes and logs.

Sources: SageMaker developer guide, "How to use SageMaker AI execution roles" (what each kind of job needs);
terraform-provider-aws, internal/service/sagemaker/training_job.go, which retries on these refusals until a new role has its permissions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from . import permissions
from .roles import role_of
from .services import AwsError

_ECR = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([^:@]+)([:@].*)?")
_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage")


class RoleChecks:
    """Decides for the roles of one local AWS."""

    def __init__(self, behind: Any) -> None:
        self._behind = behind

    def allows(self, role: Any, action: str, resource: str, *, at_once: bool = False, **context: str) -> bool:
        """Whether the role, or for S3 the bucket, lets SageMaker do something by now, or `at_once`.

        `context`: condition keys of the action's service, without its name.
        """
        keys = {f"{action.split(':')[0]}:{name}".lower(): value for name, value in context.items()}
        verdict = permissions.decide(self._behind, role, action, resource, keys, at_once=at_once)
        if verdict == permissions.NOT_ALLOWED and action.startswith("s3:"):
            return self._bucket_allows(role, action, resource, keys)
        return verdict == permissions.ALLOWED

    def _bucket_allows(self, role: Any, action: str, resource: str, keys: dict[str, str]) -> bool:
        """Within an account it is enough that a bucket policy names the role (IAM user guide, policy evaluation logic)."""
        bucket = self._behind.bucket(resource.removeprefix("arn:aws:s3:::").partition("/")[0])
        if bucket is None or not bucket.policy:
            return False
        statements = json.loads(bucket.policy)["Statement"]
        mine = []
        for statement in statements if isinstance(statements, list) else [statements]:
            principal = statement.get("Principal")
            named = principal.get("AWS", []) if isinstance(principal, dict) else principal
            if {role.arn, "*"} & set([named] if isinstance(named, str) else named or ()):
                mine.append({name: value for name, value in statement.items() if name != "Principal"})
        said = permissions.decide_by([json.dumps({"Statement": mine})], action, resource, keys)
        return said == permissions.ALLOWED

    # -- creation ------------------------------------------------------------------------------------------------------

    def check_creation(self, kind: str, request: dict[str, Any], region: str) -> None:
        """Refuse a training or tuning job whose role cannot pull its image, list its input or write its output.

        Processing and transform jobs are made and fail later.
        """
        for job in _training_of(kind, request):
            role = role_of(self._behind, job.get("RoleArn", ""))
            if role is not None:
                self._check_image(role, (job.get("AlgorithmSpecification") or {}).get("TrainingImage"), region)
                self._check_inputs(role, job)
                self._check_output(role, job)

    def _check_image(self, role: Any, image: str | None, region: str) -> None:
        found = _ECR.fullmatch(image or "")
        # Images of AWS's own accounts: nobody says what a role needs for them.
        if found is None or found[1] != self._behind.state.engine.account_id:
            return
        repository = f"arn:aws:ecr:{found[2]}:{found[1]}:repository/{found[3]}"
        if not all(self.allows(role, action, repository) for action in _PULL):
            # Source: github.com/aws/sagemaker-spark-container issue 158.
            raise AwsError(
                "ValidationException", f"Access denied for repository: {found[3]} in registry ID: {found[1]}."
            )

    def _check_inputs(self, role: Any, job: dict[str, Any]) -> None:
        for channel in job.get("InputDataConfig") or ():
            uri = ((channel.get("DataSource") or {}).get("S3DataSource") or {}).get("S3Uri", "")
            bucket, key = _split(uri)
            arn = f"arn:aws:s3:::{bucket}"
            if bucket and not self.allows(role, "s3:ListBucket", arn, prefix=key):
                who = f"arn:aws:sts::{self._behind.state.engine.account_id}:assumed-role/{role.name}/SageMaker"
                # Source: terraform-provider-aws, internal/service/sagemaker/training_job.go (both beginnings of the text).
                raise AwsError(
                    "ValidationException",
                    f'Unauthorized to List objects under S3 URL "{uri}". User: {who} is not authorized to perform: '
                    f's3:ListBucket on resource: "{arn}" because no identity-based policy allows the s3:ListBucket action',
                )

    def _check_output(self, role: Any, job: dict[str, Any]) -> None:
        bucket, key = _split((job.get("OutputDataConfig") or {}).get("S3OutputPath", ""))
        written = "/".join(
            part for part in (key.rstrip("/"), job.get("TrainingJobName") or "job", "output/model.tar.gz") if part
        )
        if bucket and not self.allows(role, "s3:PutObject", f"arn:aws:s3:::{bucket}/{written}"):
            # Source: terraform-provider-aws, internal/service/sagemaker/training_job.go.
            raise AwsError("ValidationException", f"Access denied to OutputDataConfig S3 bucket: {bucket}")

    # -- while it runs -------------------------------------------------------------------------------------------------

    def check_call(self, role_arn: str, region: str, service: str, operation: str, params: dict[str, Any]) -> None:
        """Refuse a call that a job makes with its role. Calls of other services than those of its data are not looked at.

        Before a job of AWS reads anything its instances have started, which takes longer than a permission needs to arrive.
        """
        role = role_of(self._behind, role_arn)
        needed = _NEEDED.get((service, operation))
        if role is None or needed is None:
            return
        action, resource, context = needed(params, region, self._behind.state.engine.account_id)
        if not self.allows(role, action, resource, at_once=True, **context):
            code = "AccessDeniedException" if service == "logs" else "AccessDenied"
            # Source: github.com/aws-ia/terraform-aws-bedrock issue 41 (the form of the text).
            raise AwsError(
                code,
                f"User: {role.arn} is not authorized to perform: {action} on resource: {resource} because no identity-based "
                f"policy allows the {action} action",
                403 if service == "s3" else 400,
            )


def _split(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/") if uri.startswith("s3://") else ("", "", "")
    return bucket, key


def _training_of(kind: str, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The training jobs that a request is for."""
    if kind == "TrainingJob":
        yield request
    elif kind == "HyperParameterTuningJob":
        yield from [
            each
            for each in (request.get("TrainingJobDefinition"), *(request.get("TrainingJobDefinitions") or ()))
            if each
        ]


def _object(action: str) -> Any:
    return lambda params, region, account: (action, f"arn:aws:s3:::{params['Bucket']}/{params['Key']}", {})


def _pipeline(name: str, region: str, account: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:sagemaker:{region}:{account}:pipeline/{name.lower()}"


def _log(action: str) -> Any:
    def needed(params: dict[str, Any], region: str, account: str) -> tuple[str, str, dict[str, str]]:
        stream = f"log-stream:{params['logStreamName']}" if "logStreamName" in params else ""
        return action, f"arn:aws:logs:{region}:{account}:log-group:{params['logGroupName']}:{stream}", {}

    return needed


# The operations that jobs call, and for each the action, the resource and the condition keys that IAM looks at
# (Service Authorization Reference).
_NEEDED: dict[tuple[str, str], Any] = {
    ("s3", "GetObject"): _object("s3:GetObject"),
    ("s3", "HeadObject"): _object("s3:GetObject"),
    ("s3", "PutObject"): _object("s3:PutObject"),
    ("s3", "ListObjectsV2"): lambda params, region, account: (
        "s3:ListBucket",
        f"arn:aws:s3:::{params['Bucket']}",
        {"prefix": params.get("Prefix", "")},
    ),
    ("logs", "CreateLogGroup"): _log("logs:CreateLogGroup"),
    ("logs", "CreateLogStream"): _log("logs:CreateLogStream"),
    ("logs", "PutLogEvents"): _log("logs:PutLogEvents"),
    ("sagemaker", "StartPipelineExecution"): lambda params, region, account: (
        "sagemaker:StartPipelineExecution",
        _pipeline(params["PipelineName"], region, account),
        {},
    ),
    ("lambda", "Invoke"): lambda params, region, account: ("lambda:InvokeFunction", params["FunctionName"], {}),
    ("sqs", "SendMessage"): lambda params, region, account: (
        "sqs:SendMessage",
        f"arn:aws:sqs:{region}:{account}:{params['QueueUrl'].rpartition('/')[2]}",
        {},
    ),
    # All of them together: nobody grants one alarm of an update and not the others.
    ("cloudwatch", "DescribeAlarms"): lambda params, region, account: (
        "cloudwatch:DescribeAlarms",
        f"arn:aws:cloudwatch:{region}:{account}:alarm:{params['AlarmNames'][0]}",
        {},
    ),
    ("cloudwatch", "PutMetricData"): lambda params, region, account: (
        "cloudwatch:PutMetricData",
        "*",
        {"namespace": params["Namespace"]},
    ),
}
