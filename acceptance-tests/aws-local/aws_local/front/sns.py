"""SNS: what it refuses, what it tells of a topic, e-mail subscriptions that stay pending, subscriptions that go with their topic.

Sources: Amazon SNS API reference (CreateTopic, SetTopicAttributes, Subscribe, DeleteTopic, ListSubscriptions); recorded from AWS:
github.com/localstack/localstack tests/aws/services/sns/test_sns.snapshot.json.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from ..services import AwsError

SERVICE = "sns"
_CONFIRMED_BY_HAND = ("email", "email-json")
_PROTOCOLS = ("http", "https", *_CONFIRMED_BY_HAND, "sms", "sqs", "application", "lambda", "firehose")
_FEEDBACK = [
    f"{protocol}{what}"
    for protocol in ("HTTP", "Firehose", "Lambda", "Application", "SQS")
    for what in ("SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn")
]
# Attributes that a topic shows only where they are set (GetTopicAttributes).
_SHOWN_IF_SET = ("DeliveryPolicy", "KmsMasterKeyId", "SignatureVersion", "TracingConfig", "ArchivePolicy", *_FEEDBACK)
_FIFO = ("FifoTopic", "ContentBasedDeduplication", "FifoThroughputScope")
_ATTRIBUTES = ("DisplayName", "Policy", *_SHOWN_IF_SET, *_FIFO)
_POLICIES = ("Policy", "DeliveryPolicy", "ArchivePolicy")
_DELIVERY = {
    "defaultHealthyRetryPolicy": {
        "minDelayTarget": 20,
        "maxDelayTarget": 20,
        "numRetries": 3,
        "numMaxDelayRetries": 0,
        "numNoDelayRetries": 0,
        "numMinDelayRetries": 0,
        "backoffFunction": "linear",
    },
    "disableSubscriptionOverrides": False,
    "defaultRequestPolicy": {"headerContentType": "text/plain; charset=UTF-8"},
}


def _invalid(text: str) -> AwsError:
    """Source: github.com/localstack/localstack tests/aws/services/sns/test_sns.snapshot.json."""
    return AwsError("InvalidParameter", f"Invalid parameter: {text}")


def _replace(reply: Any, pattern: str, text: str | Callable[[re.Match[bytes]], bytes]) -> None:
    reply.body = re.sub(pattern.encode(), text.encode() if isinstance(text, str) else text, reply.body, flags=re.DOTALL)
    reply.headers = [(name, value) for name, value in reply.headers if name.lower() != "content-length"]
    reply.headers.append(("Content-Length", str(len(reply.body))))


def _topic(state: Any, call: Any, arn: str) -> Any:
    return state.moto.backend("sns", call.region).topics.get(arn)


def check_arns(state: Any, call: Any, environ: dict) -> None:
    """Every operation: an ARN has six elements."""
    for member in ("TopicArn", "SubscriptionArn"):
        arn = call.params.get(member)
        if arn is not None and arn.count(":") < 5:
            raise _invalid(f"{member} Reason: An ARN must have at least 6 elements, not {arn.count(':') + 1}")


def _check_attribute(name: str, value: str | None) -> None:
    if name not in _ATTRIBUTES:
        raise _invalid("AttributeName")
    if name in _POLICIES and value:
        try:
            json.loads(value)
        except ValueError as error:
            # Source: Amazon SNS API reference, SetTopicAttributes (code); text ours.
            raise AwsError("InvalidParameter", f"Invalid parameter: {name} Error: it is not valid JSON") from error


def _check_tags(tags: list[dict[str, str]]) -> None:
    if len({tag["Key"] for tag in tags}) < len(tags):
        raise _invalid("Duplicated keys are not allowed.")


def create(state: Any, call: Any, environ: dict) -> None:
    """CreateTopic: an existing topic is answered, unless the request says otherwise of it."""
    given, tags = call.params.get("Attributes") or {}, call.params.get("Tags")
    for name, value in given.items():
        _check_attribute(name, value)
    _check_tags(tags or [])
    topic = _topic(state, call, f"arn:aws:sns:{call.region}:{state.engine.account_id}:{call.params['Name']}")
    if topic is None:
        return
    if tags is not None and {tag["Key"]: tag["Value"] for tag in tags} != topic._tags:
        raise _invalid("Tags Reason: Topic already exists with different tags")
    shown = _attributes(topic)
    if any(not _same(name, value, shown.get(name)) for name, value in given.items()):
        raise _invalid("Attributes Reason: Topic already exists with different attributes")


def _same(name: str, one: str, other: str | None) -> bool:
    return json.loads(one or "{}") == json.loads(other or "{}") if name in _POLICIES else one == (other or "")


def created(state: Any, call: Any, environ: dict, reply: Any) -> None:
    """CreateTopic: keep the attributes that moto does not know."""
    arn = f"arn:aws:sns:{call.region}:{state.engine.account_id}:{call.params['Name']}"
    _topic(state, call, arn).__dict__.setdefault("aws_local", {}).update(call.params.get("Attributes") or {})


def set_attribute(state: Any, call: Any, environ: dict) -> None:
    """SetTopicAttributes."""
    check_arns(state, call, environ)
    name, value = call.params["AttributeName"], call.params.get("AttributeValue")
    _check_attribute(name, value)
    if name == "FifoTopic":
        raise _invalid("AttributeName")
    topic = _topic(state, call, call.params["TopicArn"])
    if topic is not None:
        topic.__dict__.setdefault("aws_local", {})[name] = value or ""


def _attributes(topic: Any) -> dict[str, str]:
    """What GetTopicAttributes tells, beside the counters."""
    kept = topic.__dict__.get("aws_local", {})
    http = {**_DELIVERY, **(json.loads(kept.get("DeliveryPolicy") or "{}").get("http") or {})}
    told = {
        "TopicArn": topic.arn,
        "Owner": topic.account_id,
        "Policy": topic.policy,
        "DisplayName": topic.display_name,
        "EffectiveDeliveryPolicy": json.dumps({"http": http}),
    }
    told |= {name: kept[name] for name in _SHOWN_IF_SET if kept.get(name)}
    if topic.fifo_topic:
        told |= {"FifoTopic": "true", "ContentBasedDeduplication": kept.get("ContentBasedDeduplication", "false")}
        told["FifoThroughputScope"] = kept.get("FifoThroughputScope", "Topic")
    return told


def told(state: Any, call: Any, environ: dict, reply: Any) -> None:
    """GetTopicAttributes: what is not set is not there."""
    topic = _topic(state, call, call.params["TopicArn"])
    counters = {
        "SubscriptionsPending": topic.subscriptions_pending,
        "SubscriptionsConfirmed": topic.subscriptions_confimed,
        "SubscriptionsDeleted": topic.subscriptions_deleted,
    }
    entries = "".join(
        f"<entry><key>{name}</key><value>{escape(str(value))}</value></entry>"
        for name, value in {**_attributes(topic), **counters}.items()
    ).encode()
    _replace(reply, r"(<Attributes>).*(</Attributes>)", lambda found: found[1] + entries + found[2])


def tag(state: Any, call: Any, environ: dict) -> None:
    """TagResource."""
    _check_tags(call.params["Tags"])


def subscribe(state: Any, call: Any, environ: dict) -> None:
    """Subscribe."""
    check_arns(state, call, environ)
    if call.params["Protocol"] not in _PROTOCOLS:
        raise _invalid(f"Amazon SNS does not support this protocol string: {call.params['Protocol']}")


def subscribed(state: Any, call: Any, environ: dict, reply: Any) -> None:
    """Subscribe: no ARN before the confirmation, unless it is asked for."""
    if call.params["Protocol"] in _CONFIRMED_BY_HAND and not call.params.get("ReturnSubscriptionArn"):
        _replace(
            reply,
            r"<SubscriptionArn>[^<]*</SubscriptionArn>",
            "<SubscriptionArn>pending confirmation</SubscriptionArn>",
        )


def listed(state: Any, call: Any, environ: dict, reply: Any) -> None:
    """ListSubscriptions, ListSubscriptionsByTopic: pending ones have no ARN."""
    for arn, subscription in state.moto.backend("sns", call.region).subscriptions.items():
        if subscription.protocol in _CONFIRMED_BY_HAND:
            _replace(
                reply,
                rf"<SubscriptionArn>{re.escape(arn)}</SubscriptionArn>",
                "<SubscriptionArn>PendingConfirmation</SubscriptionArn>",
            )


def described(state: Any, call: Any, environ: dict, reply: Any) -> None:
    """GetSubscriptionAttributes: PendingConfirmation."""
    subscription = state.moto.backend("sns", call.region).subscriptions.get(call.params["SubscriptionArn"])
    if subscription is not None and subscription.protocol in _CONFIRMED_BY_HAND:
        _replace(reply, r"(<key>PendingConfirmation</key>\s*<value>)[^<]*", r"\g<1>true")


def deleted(state: Any, call: Any, environ: dict, reply: Any) -> None:
    """DeleteTopic: its subscriptions go, too."""
    subscriptions = state.moto.backend("sns", call.region).subscriptions
    for arn in [arn for arn, each in subscriptions.items() if each.topic.arn == call.params["TopicArn"]]:
        del subscriptions[arn]


_NAMING = (
    "GetTopicAttributes DeleteTopic ListSubscriptionsByTopic Publish GetSubscriptionAttributes SetSubscriptionAttributes Unsubscribe"
    " AddPermission RemovePermission ConfirmSubscription"
)
INSTEAD = {
    **dict.fromkeys(_NAMING.split(), check_arns),
    "CreateTopic": create,
    "SetTopicAttributes": set_attribute,
    "Subscribe": subscribe,
    "TagResource": tag,
}
AFTER = {
    "CreateTopic": created,
    "GetTopicAttributes": told,
    "Subscribe": subscribed,
    "ListSubscriptions": listed,
    "ListSubscriptionsByTopic": listed,
    "GetSubscriptionAttributes": described,
    "DeleteTopic": deleted,
}
