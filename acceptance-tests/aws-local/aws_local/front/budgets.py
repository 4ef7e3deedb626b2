"""Budgets: update, subscribers and tags, which moto does not have.

Source: AWS Budgets API reference; text ours.
"""

from __future__ import annotations

from typing import Any

from ..sagemaker import listing
from ..services import AwsError

SERVICE = "budgets"


def _budget(state: Any, call: Any, name: str) -> Any:
    backend = state.moto.backend("budgets", "aws")
    found = backend.budgets[call.params["AccountId"]].get(name)
    if found is None:
        raise AwsError("NotFoundException", f"Unable to get budget: {name} - the budget doesn't exist.")
    return found


def update(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """UpdateBudget: replaces the whole budget, keeps its period."""
    new = dict(call.params["NewBudget"])
    budget = _budget(state, call, new["BudgetName"])
    new.setdefault("TimePeriod", budget.budget["TimePeriod"])
    new["LastUpdatedTime"] = state.clock.now()
    budget.budget = new
    return {}


def _notification(state: Any, call: Any) -> Any:
    budget = _budget(state, call, call.params["BudgetName"])
    for notification in budget.notifications:
        if notification.details == call.params["Notification"]:
            return notification
    raise AwsError("NotFoundException", "Unable to get notification - the notification doesn't exist.")


def subscribers(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """DescribeSubscribersForNotification."""
    page, token = listing.page(list(_notification(state, call).subscribers), call.params, 100)
    return {"Subscribers": page, **({"NextToken": token} if token else {})}


def create_subscriber(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """CreateSubscriber."""
    notification = _notification(state, call)
    if call.params["Subscriber"] in notification.subscribers:
        raise AwsError("DuplicateRecordException", "The subscriber already exists.")
    notification.subscribers.append(call.params["Subscriber"])
    return {}


def delete_subscriber(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """DeleteSubscriber."""
    notification = _notification(state, call)
    if call.params["Subscriber"] not in notification.subscribers:
        raise AwsError("NotFoundException", "The subscriber doesn't exist.")
    notification.subscribers.remove(call.params["Subscriber"])
    return {}


def update_notification(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """UpdateNotification."""
    given = {**call.params, "Notification": call.params["OldNotification"]}
    budget = _budget(state, call, given["BudgetName"])
    for notification in budget.notifications:
        if notification.details == call.params["OldNotification"]:
            notification.details = call.params["NewNotification"]
            return {}
    raise AwsError("NotFoundException", "Unable to update notification - the notification doesn't exist.")


def create_notification(state: Any, call: Any, environ: dict) -> None:
    """CreateNotification: each only once (API reference, DuplicateRecordException)."""
    budget = _budget(state, call, call.params["BudgetName"])
    if any(each.details == call.params["Notification"] for each in budget.notifications):
        raise AwsError("DuplicateRecordException", "The notification already exists.")


def create(state: Any, call: Any, environ: dict) -> None:
    """CreateBudget: keep the tags."""
    given = [each["Notification"] for each in call.params.get("NotificationsWithSubscribers") or ()]
    if any(each in given[:index] for index, each in enumerate(given)):
        raise AwsError("DuplicateRecordException", "The notification already exists.")
    tags = {tag["Key"]: tag["Value"] for tag in call.params.get("ResourceTags") or ()}
    arn = f"arn:aws:budgets::{call.params['AccountId']}:budget/{call.params['Budget']['BudgetName']}"
    environ["aws_local.tags"] = (arn, tags)


def created(state: Any, call: Any, environ: dict, reply: Any) -> None:
    """CreateBudget succeeded: its tags hold."""
    arn, tags = environ["aws_local.tags"]
    _tags(state)[arn] = tags


def _tags(state: Any) -> dict[str, dict[str, str]]:
    return state.moto.backend("budgets", "aws").__dict__.setdefault("aws_local_tags", {})


def _tagged(state: Any, call: Any) -> dict[str, str]:
    arn = call.params["ResourceARN"]
    account, name = arn.split(":")[4], arn.partition(":budget/")[2]
    call.params.setdefault("AccountId", account)
    _budget(state, call, name)
    return _tags(state).setdefault(arn, {})


def list_tags(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """ListTagsForResource."""
    return {"ResourceTags": [{"Key": key, "Value": value} for key, value in _tagged(state, call).items()]}


def tag(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """TagResource."""
    _tagged(state, call).update({each["Key"]: each["Value"] for each in call.params["ResourceTags"]})
    return {}


def untag(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """UntagResource."""
    held = _tagged(state, call)
    for key in call.params["ResourceTagKeys"]:
        held.pop(key, None)
    return {}


INSTEAD = {
    "UpdateBudget": update,
    "DescribeSubscribersForNotification": subscribers,
    "CreateNotification": create_notification,
    "CreateSubscriber": create_subscriber,
    "DeleteSubscriber": delete_subscriber,
    "UpdateNotification": update_notification,
    "CreateBudget": create,
    "ListTagsForResource": list_tags,
    "TagResource": tag,
    "UntagResource": untag,
}
AFTER = {"CreateBudget": created}
