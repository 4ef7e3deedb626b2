"""What a team has that works with boto3 alone: objects of every kind that `terraform query` finds, and of none the only one."""

from __future__ import annotations

import importlib.util
import json
from collections import defaultdict
from typing import Any

from acceptance.installation import ROOT
from acceptance.local_aws import LocalAws

_PLACE = ROOT / "acceptance-tests" / "aws-local" / "tests" / "samples.py"
_SPEC = importlib.util.spec_from_file_location("samples", _PLACE)
assert _SPEC and _SPEC.loader
req = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(req)

SERVICES = ["sagemaker.amazonaws.com", "scheduler.amazonaws.com"]
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": SERVICES}, "Action": "sts:AssumeRole"}],
    }
)
TAGS = [{"Key": "team", "Value": "ml"}]
ANYTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
BODY = json.dumps({"widgets": [{"type": "text", "x": 0, "y": 0, "width": 6, "height": 2, "properties": {"markdown": "hi"}}]})
COUNT = 2
Estate = dict[str, set[str]]


def role(aws: LocalAws) -> str:
    """The role of everything, known everywhere; and the bucket that all of it names."""
    iam = aws.client("iam")
    arn = iam.create_role(RoleName="role", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    iam.put_role_policy(RoleName="role", PolicyName="all", PolicyDocument=ANYTHING)
    aws.client("s3").create_bucket(Bucket="bucket")
    for key in ("in/a.csv", "manifest", "ui", "model.tar.gz"):
        aws.client("s3").put_object(Bucket="bucket", Key=key, Body=b"{}")
    aws.control("POST", "clock", advance=60)
    return arn


def settled(aws: LocalAws) -> None:
    """Lets everything come to rest."""
    aws.control("POST", "clock", advance=3600)


class Builder:
    """Makes the objects, and remembers what each is called in a list."""

    def __init__(self, aws: LocalAws) -> None:
        self.aws, self.role = aws, role(aws)
        self.sm = aws.client("sagemaker")
        self.made: Estate = defaultdict(set)

    def add(self, kind: str, name: str) -> str:
        self.made[f"mlops_{kind}"].add(name)
        return name

    def many(self, count: int) -> None:
        """Plain objects of the kinds of which there are many."""
        sm = self.sm
        for n in range(count):
            name = f"churn-{n}"
            sm.create_model(**req.model(self.add("model", name), self.role), Tags=TAGS if n % 2 else [])
            sm.create_endpoint_config(**req.config(self.add("endpoint_configuration", name), name))
            sm.create_training_job(**req.training(self.add("training_job", name), self.role, Tags=TAGS))
            sm.create_processing_job(**req.processing(self.add("processing_job", name), self.role))
            sm.create_model_package_group(ModelPackageGroupName=self.add("model_package_group", name), Tags=TAGS)
            sm.create_pipeline(**req.pipeline(self.add("pipeline", name), self.role) | {"ClientRequestToken": f"{n:032}"})
            self.alarm(name)

    def alarm(self, name: str) -> None:
        self.aws.client("cloudwatch").put_metric_alarm(
            AlarmName=self.add("metric_alarm", name),
            Namespace="AWS/SageMaker",
            MetricName="Invocations",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            ComparisonOperator="LessThanThreshold",
            Threshold=1,
            Tags=TAGS,
        )

    def serving(self) -> None:
        sm = self.sm
        for n in range(COUNT):
            name = f"churn-{n}"
            sm.create_endpoint(EndpointName=self.add("endpoint", name), EndpointConfigName=name, Tags=TAGS)
            sm.create_transform_job(**req.transform(self.add("transform_job", name), name))
        variant = {"VariantName": "main", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        config = self.add("endpoint_configuration", "parts")
        sm.create_endpoint_config(EndpointConfigName=config, ExecutionRoleArn=self.role, ProductionVariants=[variant])
        sm.create_endpoint(EndpointName=self.add("endpoint", "parts"), EndpointConfigName=config)
        settled(self.aws)
        needs = {"ModelName": "churn-0", "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 128}}
        for n in range(COUNT):
            sm.create_inference_component(
                InferenceComponentName=self.add("inference_component", f"part-{n}"),
                EndpointName="parts",
                VariantName="main",
                Specification=needs,
                RuntimeConfig={"CopyCount": 1},
            )

    def jobs(self) -> None:
        sm = self.sm
        for n in range(COUNT):
            name = f"churn-{n}"
            sm.create_hyper_parameter_tuning_job(**req.tuning(self.add("hyper_parameter_tuning_job", f"Tune-{n}"), self.role), Tags=TAGS)
            sm.create_auto_ml_job_v2(**req.automl(self.add("auto_ml_job", name), self.role))
            package = sm.create_model_package(**req.package(name), ClientToken=f"{n:032}", ModelApprovalStatus="Approved")
            self.add("model_package", package["ModelPackageArn"].split("model-package/")[1])
            execution = sm.start_pipeline_execution(PipelineName=name, ClientRequestToken=f"{n:032}")
            self.add("pipeline_execution", execution["PipelineExecutionArn"].split(":pipeline/")[1])

    def labeling(self) -> None:
        sm = self.sm
        pool = {"UserPool": "us-east-1_a", "ClientId": "c"}
        sm.create_workforce(WorkforceName=self.add("workforce", "people"), CognitoConfig=pool)
        team = sm.create_workteam(**req.workteam(self.add("workteam", "labelers")))["WorkteamArn"]
        sm.create_labeling_job(**req.labeling(self.add("labeling_job", "pets"), self.role, team))
        sm.create_human_task_ui(HumanTaskUiName=self.add("human_task_ui", "form"), UiTemplate={"Content": "abc"})

    def monitoring(self) -> None:
        sm = self.sm
        kinds = {
            "DataQuality": "data_quality",
            "ModelQuality": "model_quality",
            "ModelBias": "model_bias",
            "ModelExplainability": "model_explainability",
        }
        for kind, words in kinds.items():
            name = self.add(f"{words}_job_definition", f"{words.replace('_', '-')}-churn")
            made = req.definition(kind, name, self.role, "churn-0")
            getattr(sm, f"create_{words}_job_definition")(**made, Tags=TAGS)
        sm.create_monitoring_schedule(**req.schedule(self.add("monitoring_schedule", "hourly"), "data-quality-churn"))

    def studio(self) -> None:
        domain = self.sm.create_domain(**req.domain("team", self.role))["DomainId"]
        self.add("studio_domain", domain)
        settled(self.aws)
        for n in range(COUNT):
            self.sm.create_user_profile(DomainId=domain, UserProfileName=f"analyst-{n}", Tags=TAGS if n else [])
            self.add("studio_user_profile", f"{domain}/analyst-{n}")

    def rest(self) -> None:
        sm, cloudwatch = self.sm, self.aws.client("cloudwatch")
        for n in range(COUNT):
            sm.create_notebook_instance(**req.notebook(self.add("notebook_instance", f"analysis-{n}"), self.role))
            sm.create_notebook_instance_lifecycle_config(
                NotebookInstanceLifecycleConfigName=self.add("notebook_instance_lifecycle_configuration", f"analysis-{n}"),
                OnStart=[{"Content": req.SCRIPT}],
            )
            cloudwatch.put_composite_alarm(AlarmName=self.add("composite_alarm", f"any-{n}"), AlarmRule='ALARM("churn-0")')
            cloudwatch.put_dashboard(DashboardName=self.add("dashboard", f"churn-{n}"), DashboardBody=BODY)
            self.aws.client("logs").create_log_group(logGroupName=self.add("log_group", f"churn-{n}"), tags={"team": "ml"})
            self.aws.client("sns").create_topic(Name=self.add("notification_topic", f"churn-{n}"), Tags=TAGS)
        scheduler = self.aws.client("scheduler")
        pipeline = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/churn-0"
        nightly = {"ScheduleExpression": "rate(1 days)", "FlexibleTimeWindow": {"Mode": "OFF"}}
        scheduler.create_schedule(Name="nightly", Target={"Arn": pipeline, "RoleArn": self.role}, **nightly)
        self.add("pipeline_schedule", "default/nightly")
        # What starts something else is of no kind of the provider.
        queue = {"Arn": "arn:aws:sqs:us-east-1:123456789012:queue", "RoleArn": self.role}
        scheduler.create_schedule(Name="other", Target=queue, **nightly)
        target = {
            "ServiceNamespace": "sagemaker",
            "ResourceId": "endpoint/churn-0/variant/main",
            "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        }
        scaling = self.aws.client("application-autoscaling")
        scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=2)
        for kind in ("autoscaling_target", "endpoint_autoscaling"):
            self.add(kind, "/".join(target.values()))


def estate(aws: LocalAws, count: int = COUNT) -> Estate:
    """A few objects of every kind, and `count` of those of which there are many, at rest: by resource type, as a list calls
    them."""
    aws.control("POST", "reset")
    build = Builder(aws)
    build.many(count)
    build.serving()
    for make in (build.jobs, build.labeling, build.monitoring, build.studio, build.rest):
        make()
    settled(aws)
    return dict(build.made)
