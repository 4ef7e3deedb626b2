"""Endpoints: model servers behind variants, and InvokeEndpoint.

Facts from: API reference InvokeEndpoint (errors, TargetVariant), developer guide model-ab-testing (choice by weight),
monitoring-cloudwatch (metrics), logging-cloudwatch (log groups and streams).
"""

from __future__ import annotations

import contextlib
import random
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aws_local.services import AwsError, Invocation, InvocationResult, KindHooks, Record, Services

from . import components
from .data_capture import DataCapture
from .inputs import in_region, list_keys, split_uri
from .jobs import Settings, shorten
from .model_server import Answer, Chain, StartError
from .publisher import Publisher
from .sandbox import NOT_ALLOWED
from .script_mode import InputError

NAMESPACE = "AWS/SageMaker"
SERVING = frozenset({"InService", "Updating", "SystemUpdating", "RollingBack"})
"""Statuses in which an endpoint answers (API reference, DescribeEndpoint: updates do not interrupt service)."""


@dataclass
class Deployment:
    """The running variants of one endpoint configuration."""

    config: Mapping[str, Any]
    chains: dict[str, Chain] = field(default_factory=dict)
    captures: dict[str, DataCapture] = field(default_factory=dict)
    _calls: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def enter(self) -> None:
        """A call begins; `close` waits for it."""
        with self._changed:
            self._calls += 1

    def leave(self) -> None:
        """A call has ended."""
        with self._changed:
            self._calls -= 1
            self._changed.notify_all()

    def close(self, drain_seconds: float = 0) -> None:
        """End the servers, once the calls under way have ended or `drain_seconds` have passed."""
        with self._changed:
            self._changed.wait_for(lambda: self._calls == 0, drain_seconds)
        for chain in self.chains.values():
            chain.close()


@dataclass
class Hosted:
    """What runs for one endpoint."""

    stopped: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    deployment: Deployment | None = None


def variants_of(config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The variants of an endpoint configuration, shadows last."""
    return [*config["ProductionVariants"], *config.get("ShadowProductionVariants", ())]


def check_model(services: Services, record: Record) -> bool:
    """Refuse a model whose data is not there. Raises ValidationException; never drives the model's life.

    Source: API reference, ContainerDefinition.ModelDataUrl ("in the same region"); text ours.
    """
    containers = record.request.get("Containers") or [record.request.get("PrimaryContainer") or {}]
    for container in containers:
        source = (container.get("ModelDataSource") or {}).get("S3DataSource")
        url = source["S3Uri"] if source else container.get("ModelDataUrl")
        if url and container.get("Mode") != "MultiModel":
            try:
                found = in_region(services, split_uri(url)[0]) and bool(list_keys(services, url))
            except InputError:
                found = False
            except AwsError as error:
                if error.code != "NoSuchBucket":
                    raise
                found = False
            if not found:
                raise AwsError("ValidationException", f"Could not find model data at {url} in {services.region}.")
    return False


def alarming(services: Services, record: Record) -> str | None:
    """Why an update is rolled back: one of its alarms is in ALARM, or they cannot be read (API reference, AutoRollbackConfig).

    It is looked at once, when the new servers are ready: the waits of blue/green deployments are not kept here.
    """
    config = record.output.get("LastDeploymentConfig") or {}
    names = [item["AlarmName"] for item in config.get("AutoRollbackConfiguration", {}).get("Alarms", [])]
    if not names:
        return None
    params = {"AlarmNames": names, "AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
    try:
        found = _acting(services, record).call("cloudwatch", "DescribeAlarms", params)
    except AwsError as error:
        # Source: SageMaker developer guide, auto-rollback configuration (the execution role needs the action); text ours.
        return f"The update was rolled back because its alarms could not be read: {error.message}"
    for item in [*found.get("MetricAlarms", []), *found.get("CompositeAlarms", [])]:
        if item["StateValue"] == "ALARM":
            # Source: API reference, AutoRollbackConfig (condition); text ours.
            return f"The update was rolled back because the alarm {item['AlarmName']} is in the state ALARM."
    return None


def _acting(services: Services, record: Record) -> Services:
    """The local AWS as far as the role goes that an endpoint runs with: that of its configuration, else of its first model."""
    endpoint = services.find("Endpoint", record.request["EndpointName"]) if record.kind == components.KIND else record
    config = endpoint.private.get("next") or endpoint.private.get("config")
    if config is None:
        config = services.find("EndpointConfig", endpoint.request["EndpointConfigName"]).request
    models = [variant["ModelName"] for variant in variants_of(config) if variant.get("ModelName")]
    of_model = services.find("Model", models[0]).request.get("ExecutionRoleArn") if models else None
    return services.as_role(config.get("ExecutionRoleArn") or of_model)


class Hosting:
    """All endpoints that run."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._hosted: dict[str, Hosted] = {}
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._random = random.Random()
        self._publisher = Publisher()

    def hooks(self) -> KindHooks:
        return KindHooks(on_create=self.create, on_update=self.update, on_delete=self.delete)

    def component_hooks(self) -> KindHooks:
        """The hooks of inference components."""
        return KindHooks(on_create=self.create_component, on_update=self.update_component, on_delete=self.delete)

    # -- life ----------------------------------------------------------------------------------------------------

    def create(self, services: Services, record: Record) -> bool:
        """Start the endpoint's servers in a thread, which sets InService or Failed."""
        if "failure" in record.private:
            return False
        self._in_thread(self._create, services, record)
        return True

    def update(self, services: Services, record: Record) -> bool:
        """Start the new configuration beside the old one, then swap; keep the old one when it does not start."""
        if "failure" in record.private:
            return False
        self._in_thread(self._update, services, record)
        return True

    def create_component(self, services: Services, record: Record) -> bool:
        """Start a component's server; an adapter is served by the component it builds upon."""
        return components.model_of(record) is not None and self.create(services, record)

    def update_component(self, services: Services, record: Record) -> bool:
        """Start the component's new model; another number of copies needs no other server."""
        with self._lock:
            hosted = self._hosted.get(record.arn)
        if hosted and hosted.deployment and components.model_of(record) == hosted.deployment.config.get("Model"):
            return False
        return components.model_of(record) is not None and self.update(services, record)

    def delete(self, services: Services, record: Record) -> None:
        with self._lock:
            hosted = self._hosted.pop(record.arn, None)
        if hosted:
            self._end(hosted)

    def reset(self) -> None:
        """End all servers."""
        with self._lock:
            hosted, self._hosted = list(self._hosted.values()), {}
            threads, self._threads = self._threads, []
        for one in hosted:
            one.stopped.set()
        for thread in threads:
            thread.join(10)
        for one in hosted:
            self._end(one)
        self._publisher.drain()

    def drain(self) -> None:
        """Wait until metrics and captured data of all calls so far are where they belong."""
        self._publisher.drain()

    def _end(self, hosted: Hosted) -> None:
        hosted.stopped.set()
        with hosted.lock:
            if hosted.deployment:
                hosted.deployment.close()
                hosted.deployment = None

    def _in_thread(self, body: Any, services: Services, record: Record) -> None:
        hosted = self._entry(record)
        thread = threading.Thread(target=body, args=(services, record, hosted), name=record.name, daemon=True)
        with self._lock:
            self._threads = [one for one in self._threads if one.is_alive()] + [thread]
        thread.start()

    def _entry(self, record: Record) -> Hosted:
        with self._lock:
            return self._hosted.setdefault(record.arn, Hosted())

    def _create(self, services: Services, record: Record, hosted: Hosted) -> None:
        try:
            self._install(hosted, self._deploy(services, record, hosted))
        except StartError as error:
            if not hosted.stopped.is_set():
                record.update("Failed", FailureReason=shorten(str(error)))
            return
        if not hosted.stopped.is_set():
            record.update("InService")

    def _update(self, services: Services, record: Record, hosted: Hosted) -> None:
        try:
            deployment = self._deploy(services, record, hosted)
        except StartError as error:
            # A failed update leaves the old configuration in service.
            if not hosted.stopped.is_set():
                record.private.pop("next", None)
                record.update("InService", FailureReason=shorten(str(error)), PendingDeploymentSummary=None)
            return
        reason = alarming(services, record)
        if reason is not None:
            deployment.close()
            if not hosted.stopped.is_set():
                if record.kind != components.KIND:
                    record.update("RollingBack")
                record.private.pop("next", None)
                record.update("InService", FailureReason=reason, PendingDeploymentSummary=None)
            return
        self._install(hosted, deployment)
        if not hosted.stopped.is_set():
            record.update("InService", FailureReason=None)

    def _install(self, hosted: Hosted, deployment: Deployment) -> None:
        with hosted.lock:
            old, hosted.deployment = hosted.deployment, deployment
            if hosted.stopped.is_set():
                deployment.close()
                hosted.deployment = None
        if old:
            old.close(self._settings.invocation_timeout_seconds)

    def _deploy(self, services: Services, record: Record, hosted: Hosted) -> Deployment:
        """Start what the object is to have. Raises StartError, nothing left running."""
        if record.kind == components.KIND:
            return self._deploy_component(services, record, hosted)
        config = record.private.get("next") or record.private.get("config")
        if config is None:
            config = services.find("EndpointConfig", record.request["EndpointConfigName"]).request
        deployment = Deployment(config)
        try:
            for variant in variants_of(config):
                name = variant["VariantName"]
                # Inference components bring their own models; such a variant has no server of its own.
                if variant.get("ModelName"):
                    deployment.chains[name] = Chain.start(
                        services,
                        variant["ModelName"],
                        variant=name,
                        log_group=f"/aws/sagemaker/Endpoints/{record.name}",
                        log_stream=f"{name}/i-{uuid.uuid4().hex[:17]}",
                        timeout_seconds=self._patience(variant),
                        stopped=hosted.stopped,
                    )
                capture = config.get("DataCaptureConfig")
                if capture and capture.get("EnableCapture"):
                    split_uri(capture["DestinationS3Uri"])
                    deployment.captures[name] = DataCapture(services, capture, record.name, name, self._publisher)
        except BaseException:
            deployment.close()
            raise
        return deployment

    def _deploy_component(self, services: Services, record: Record, hosted: Hosted) -> Deployment:
        model, variant = components.model_of(record), record.request["VariantName"]
        chain = Chain.start(
            services,
            model,
            variant=variant,
            log_group=f"/aws/sagemaker/InferenceComponents/{record.name}",
            log_stream=f"{variant}/i-{uuid.uuid4().hex[:17]}",
            timeout_seconds=self._patience(record.request["Specification"].get("StartupParameters", {})),
            stopped=hosted.stopped,
        )
        return Deployment({"Model": model}, {variant: chain})

    def _patience(self, limits: Mapping[str, Any]) -> float:
        """How long a server may take to answer /ping."""
        most = self._settings.start_timeout_seconds
        return min(most, limits.get("ContainerStartupHealthCheckTimeoutInSeconds", most))

    # -- inference -----------------------------------------------------------------------------------------------

    def invoke(self, services: Services, call: Invocation) -> InvocationResult:
        """Answer one InvokeEndpoint. Raises ValidationError or ModelError."""
        record = call.endpoint
        if not services.allow_exec:
            raise AwsError("AwsLocalNotAllowed", NOT_ALLOWED, 501)
        deployment = self._running(services, record)
        if deployment is None:
            # Source: github.com/aws/amazon-sagemaker-examples issues 293, 559 (from real AWS).
            raise AwsError("ValidationError", f"Endpoint {record.name} of account {services.account_id} not found.")
        try:
            component = components.chosen(services, call, deployment.config)
            if component is None:
                variant = self._choose(record, deployment, call.target_variant)
                self._shadow(services, call, deployment, variant)
                return self._ask(services, call, deployment, variant, deployment.chains[variant])
            own = self._running(services, component)
            if own is None:
                raise components.without_capacity()
            try:
                ((variant, chain),) = own.chains.items()
                return self._ask(services, call, deployment, variant, chain)
            finally:
                own.leave()
        finally:
            deployment.leave()

    def _shadow(self, services: Services, call: Invocation, deployment: Deployment, variant: str) -> None:
        """Send copies of a request to the shadow variants; what they answer is captured at most.

        The share of requests is the shadow's weight by that of the production variant (developer guide, shadow-tests).
        """
        weights = {
            item["VariantName"]: item.get("InitialVariantWeight", 1.0) for item in variants_of(deployment.config)
        }
        for item in deployment.config.get("ShadowProductionVariants", ()):
            name = item["VariantName"]
            if self._random.random() * weights[variant] >= weights[name]:
                continue
            deployment.enter()

            def send(name: str = name) -> None:
                try:
                    # Callers of the endpoint never see an error of a shadow: its metrics tell.
                    with contextlib.suppress(AwsError):
                        self._ask(services, call, deployment, name, deployment.chains[name])
                finally:
                    deployment.leave()

            threading.Thread(target=send, name=f"shadow {name}", daemon=True).start()

    def _ask(
        self, services: Services, call: Invocation, deployment: Deployment, variant: str, chain: Chain
    ) -> InvocationResult:
        record = call.endpoint
        headers = {"Content-Type": call.content_type, "Accept": call.accept or "*/*"}
        if call.custom_attributes:
            headers["X-Amzn-SageMaker-Custom-Attributes"] = call.custom_attributes
        if call.inference_id:
            headers["X-Amzn-SageMaker-Inference-Id"] = call.inference_id
        label = "primary"
        try:
            label, answer = chain.invoke(call.body, headers, self._settings.invocation_timeout_seconds)
        except TimeoutError:
            text = (
                "Your invocation timed out while waiting for a response from container primary. Review the latency"
                " metrics for each container in Amazon CloudWatch, resolve the issue, and try again."
            )
            answer = Answer(0, text.encode(), "text/plain", None, self._settings.invocation_timeout_seconds)
        except OSError as error:
            answer = Answer(0, f"Unable to reach the container: {error}".encode(), "text/plain", None, 0)
        self._publish(services, record.name, variant, answer)
        if not 200 <= answer.status < 300:
            raise self._model_error(services, record, variant, label, answer)
        if variant in deployment.captures:
            deployment.captures[variant].record(
                (call.body, call.content_type),
                (answer.body, answer.content_type),
                call.inference_id,
                call.custom_attributes,
            )
        return InvocationResult(answer.body, answer.content_type, variant, answer.custom_attributes)

    def _running(self, services: Services, record: Record) -> Deployment | None:
        """What serves an endpoint now, entered; starts it when it was in service before state was restored."""
        if record.status not in SERVING:
            return None
        hosted = self._entry(record)
        with hosted.lock:
            if hosted.deployment is None:
                try:
                    hosted.deployment = self._deploy(services, record, hosted)
                except StartError as error:
                    # Source: API reference, InvokeEndpoint (code); text ours.
                    raise AwsError("ServiceUnavailable", str(error), 503) from error
            if hosted.deployment:
                hosted.deployment.enter()
            return hosted.deployment

    def _choose(self, record: Record, deployment: Deployment, target: str | None) -> str:
        if target is not None:
            if target not in [item["VariantName"] for item in deployment.config["ProductionVariants"]]:
                # Source: API reference, InvokeEndpoint.TargetVariant (code); text ours.
                raise AwsError("ValidationError", f"Variant {target} not found for Request.")
            return target
        shadows = {item["VariantName"] for item in deployment.config.get("ShadowProductionVariants", ())}
        weights = {
            variant["VariantName"]: variant.get("InitialVariantWeight", 1.0)
            for variant in deployment.config["ProductionVariants"]
        }
        weights |= {
            variant["VariantName"]: variant["CurrentWeight"]
            for variant in record.output.get("ProductionVariants", [])
            if "CurrentWeight" in variant
        }
        names = [name for name in deployment.chains if weights.get(name, 0) > 0 and name not in shadows]
        if not names:
            # Source: API reference, InvokeEndpoint (code); text ours.
            raise AwsError("ValidationError", f"No variant of endpoint {record.name} takes requests: weights are 0.")
        return self._random.choices(names, [weights[name] for name in names])[0]

    def _publish(self, services: Services, endpoint: str, variant: str, answer: Answer) -> None:
        """Metrics of one call (developer guide, monitoring-cloudwatch: endpoint invocation metrics)."""
        dimensions = [{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": variant}]
        client, server = 400 <= answer.status < 500, answer.status >= 500 or answer.status == 0
        values = (
            ("Invocations", 1, "None"),
            ("InvocationsPerInstance", 1, "None"),
            ("ModelLatency", round(answer.seconds * 1e6), "Microseconds"),
            ("OverheadLatency", 0, "Microseconds"),
            ("Invocation4XXErrors", int(client), "None"),
            ("Invocation5XXErrors", int(server), "None"),
            ("InvocationModelErrors", int(client or server), "None"),
        )
        now = services.clock.now()
        self._publisher.metrics(
            services,
            NAMESPACE,
            [
                {"MetricName": name, "Value": value, "Unit": unit, "Timestamp": now, "Dimensions": dimensions}
                for name, value, unit in values
            ],
        )

    @staticmethod
    def _model_error(services: Services, record: Record, variant: str, label: str, answer: Answer) -> AwsError:
        """ModelError as AWS words it.

        Source: github.com/aws/amazon-sagemaker-examples issues 407, 4324.
        """
        side = "client" if 400 <= answer.status < 500 else "server"
        message = answer.body.decode("utf-8", "replace")
        group = f"/aws/sagemaker/Endpoints/{record.name}"
        region = services.region
        return AwsError(
            "ModelError",
            f'Received {side} error ({answer.status}) from {label} with message "{message}". See'
            f" https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#logEventViewer:group={group}"
            f" in account {services.account_id} for more information.",
            424,
            OriginalStatusCode=answer.status,
            OriginalMessage=message,
            LogStreamArn=f"arn:aws:logs:{region}:{services.account_id}:log-group:{group}",
        )
