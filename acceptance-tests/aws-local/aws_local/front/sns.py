"""SNS: an e-mail subscription stays pending, and a topic takes its subscriptions along.

Source: Amazon SNS API reference (Subscribe, ReturnSubscriptionArn; DeleteTopic; ListSubscriptions).
"""

from __future__ import annotations

import re
from typing import Any

SERVICE = "sns"
_CONFIRMED_BY_HAND = ("email", "email-json")


def _replace(reply: Any, pattern: str, text: str) -> None:
    reply.body = re.sub(pattern.encode(), text.encode(), reply.body)
    reply.headers = [(name, value) for name, value in reply.headers if name.lower() != "content-length"]
    reply.headers.append(("Content-Length", str(len(reply.body))))


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


AFTER = {
    "Subscribe": subscribed,
    "ListSubscriptions": listed,
    "ListSubscriptionsByTopic": listed,
    "GetSubscriptionAttributes": described,
    "DeleteTopic": deleted,
}
