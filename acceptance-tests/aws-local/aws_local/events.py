"""EventBridge at work: what changes in SageMaker is an event, and the rules of the default bus that match it start pipelines.

What fails is not tried again here: it goes to the dead-letter queue at once. Sources: SageMaker developer guide, "Events that Amazon
SageMaker AI sends to Amazon EventBridge" (types and details); EventBridge user guide, "Event bus targets in Amazon EventBridge"
(parameters that are paths into the event), "Using dead-letter queues" (attributes of messages), "Monitoring Amazon EventBridge".
"""

from __future__ import annotations

import datetime
import json
import logging
import re
import threading
import uuid
from typing import Any

from .roles import assumable
from .scheduled import bury
from .services import AwsError

PRINCIPAL = "events.amazonaws.com"
PIPELINE = re.compile(r"arn:[^:]+:sagemaker:[^:]+:\d{12}:pipeline/.+")
_TYPES = {
    "Endpoint": "SageMaker Endpoint State Change",
    "HyperParameterTuningJob": "SageMaker HyperParameter Tuning Job State Change",
    "Model": "SageMaker Model State Change",
    "ModelPackage": "SageMaker Model Package State Change",
    "ProcessingJob": "SageMaker Processing Job State Change",
    "TrainingJob": "SageMaker Training Job State Change",
    "TransformJob": "SageMaker Transform Job State Change",
}
_log = logging.getLogger("aws_local")


class Events:
    """What has changed since somebody looked, while there are rules."""

    def __init__(self, state: Any) -> None:
        self._state = state
        self._lock = threading.Lock()
        self._seen: dict[str, Any] | None = None

    def look(self) -> None:
        """Deliver what has changed."""
        events = []
        with self._lock:
            if not any(_rules(backend) for backend in self._state.moto.existing("events").values()):
                self._seen = None
                return
            known, self._seen = self._seen, {}
            for record in self._state.engine.store.everything():
                if record.kind in _TYPES:
                    described = self._state.engine.describe(record)
                    now = (record.created, record._status, described.get("ModelApprovalStatus"))
                    self._seen[record.arn] = now
                    if known is not None and known.get(record.arn) != now:
                        events.append((record.region, self._event(record, described)))
        for region, event in events:
            try:
                self._deliver(region, event)
            except Exception:
                _log.exception("an event could not be delivered")

    def _event(self, record: Any, described: dict[str, Any]) -> dict[str, Any]:
        at = datetime.datetime.fromtimestamp(self._state.clock.now(), datetime.UTC)
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": _TYPES[record.kind],
            "source": "aws.sagemaker",
            "account": self._state.engine.account_id,
            "time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": record.region,
            "resources": [record.arn],
            "detail": json.loads(json.dumps(described, default=str)),
        }

    def _deliver(self, region: str, event: dict[str, Any]) -> None:
        services = self._state.services(region)
        for rule in _rules(self._state.moto.existing("events")[region]):
            if rule.state == "DISABLED" or not rule.event_pattern.matches_event(event):
                continue
            for target in list(rule.targets):
                try:
                    self._invoke(services, target, event)
                    _count(services, rule, "Invocations")
                except AwsError as error:
                    _count(services, rule, "FailedInvocations")
                    _bury(services, rule, target, event, error)

    def _invoke(self, services: Any, target: dict[str, Any], event: dict[str, Any]) -> None:
        if not PIPELINE.fullmatch(target["Arn"]):
            raise AwsError("AwsLocal", f"targets like {target['Arn']} are not invoked here")
        if not assumable(self._state.moto, target["RoleArn"], PRINCIPAL):
            # Source: EventBridge user guide, "Using dead-letter queues" (the code); text ours.
            raise AwsError("NO_PERMISSIONS", f"The role {target['RoleArn']} cannot be assumed.")
        listed = (target.get("SageMakerPipelineParameters") or {}).get("PipelineParameterList") or []
        values = [{"Name": each["Name"], "Value": value_of(each["Value"], event)} for each in listed]
        params = {"PipelineName": target["Arn"], "PipelineParameters": values, "ClientRequestToken": event["id"]}
        services.as_role(target["RoleArn"]).call("sagemaker", "StartPipelineExecution", params)


def value_of(text: str, event: dict[str, Any]) -> str:
    """The value of a parameter: what the event has at a path, or the text itself."""
    if not text.startswith("$."):
        return text
    value: Any = event
    for name in text[2:].split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else json.dumps(value)


def _rules(backend: Any) -> list[Any]:
    """The rules of the default bus, where the events of AWS services are."""
    bus = backend.event_buses.get("default")
    return list(bus.rules.values()) if bus else []


def _bury(services: Any, rule: Any, target: dict[str, Any], event: dict[str, Any], error: AwsError) -> None:
    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    if queue is None:
        return
    told = {
        "RULE_ARN": rule.arn,
        "TARGET_ARN": target["Arn"],
        "ERROR_CODE": error.code,
        "ERROR_MESSAGE": error.message,
    }
    try:
        # The policy of the queue decides, which nothing looks at here.
        bury(services, services, queue, json.dumps(event), told)
    except AwsError:
        _count(services, rule, "InvocationsFailedToBeSentToDlq")


def _count(services: Any, rule: Any, metric: str) -> None:
    dimensions = [{"Name": "RuleName", "Value": rule.name}]
    services.put_metric_data("AWS/Events", [{"MetricName": metric, "Dimensions": dimensions, "Value": 1.0}])
