"""The Resource Groups Tagging API: the tags of objects of several services, in an index that only knows what has tags.

Source: Resource Groups Tagging API reference, GetResources; text ours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..sagemaker import listing
from ..services import AwsError
from .cloudwatch import alarms_of

SERVICE = "resourcegroupstaggingapi"
# What cannot be asked for together with ARNs.
BESIDES = ("TagFilters", "ResourceTypeFilters", "ResourcesPerPage", "TagsPerPage", "PaginationToken")
Tags = dict[str, str]


def _alarms(state: Any, region: str) -> dict[str, Tags]:
    backend = state.moto.backend("cloudwatch", region)
    arns = [alarm["AlarmArn"] for alarm in list(alarms_of(backend).values())]
    return {arn: backend.tagger.get_tag_dict_for_resource(arn) for arn in arns}


def _log_groups(state: Any, region: str) -> dict[str, Tags]:
    backend = state.moto.backend("logs", region)
    return {group.arn: backend.tagger.get_tag_dict_for_resource(group.arn) for group in list(backend.groups.values())}


def _topics(state: Any, region: str) -> dict[str, Tags]:
    return {topic.arn: dict(topic._tags) for topic in list(state.moto.backend("sns", region).topics.values())}


def _sagemaker(state: Any, region: str) -> dict[str, Tags]:
    return {record.arn: dict(record.tags) for record in state.engine.store.everything() if record.region == region}


TYPES: dict[str, Callable[[Any, str], dict[str, Tags]]] = {
    "cloudwatch:alarm": _alarms,
    "logs:log-group": _log_groups,
    "sagemaker": _sagemaker,
    "sns:topic": _topics,
}


def get_resources(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """GetResources: by their ARNs, or all of some types by pages."""
    given = call.params
    arns = given.get("ResourceARNList")
    if arns is not None and any(given.get(member) for member in BESIDES):
        raise AwsError("InvalidParameterException", f"ResourceARNList cannot be used with any of {', '.join(BESIDES)}.")
    types = given.get("ResourceTypeFilters") or list(TYPES)
    if unknown := [each for each in types if each not in TYPES]:
        raise AwsError("AwsLocalNotImplemented", f"aws-local has the tags of {', '.join(TYPES)}, not of {unknown}", 501)
    if given.get("TagFilters"):
        raise AwsError("AwsLocalNotImplemented", "aws-local knows no filters by tags", 501)
    everything = {arn: tags for each in types for arn, tags in TYPES[each](state, call.region).items() if tags}
    wanted = sorted(everything if arns is None else set(arns) & everything.keys())
    found = [
        {"ResourceARN": arn, "Tags": [{"Key": k, "Value": v} for k, v in everything[arn].items()]} for arn in wanted
    ]
    if arns is not None:
        return {"ResourceTagMappingList": found, "PaginationToken": ""}
    paging = {"MaxResults": given.get("ResourcesPerPage"), "NextToken": given.get("PaginationToken")}
    page, token = listing.page(found, paging, 50, "PaginationTokenExpiredException")
    return {"ResourceTagMappingList": page, "PaginationToken": token or ""}


INSTEAD = {"GetResources": get_resources}
