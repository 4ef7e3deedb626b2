"""The Resource Groups Tagging API: the tags of alarms, in an index that only knows what has tags.

Source: Resource Groups Tagging API reference, GetResources; text ours.
"""

from __future__ import annotations

from typing import Any

from ..sagemaker import listing
from ..services import AwsError
from .cloudwatch import alarms_of

SERVICE = "resourcegroupstaggingapi"
ALARMS = "cloudwatch:alarm"
# What cannot be asked for together with ARNs.
BESIDES = ("TagFilters", "ResourceTypeFilters", "ResourcesPerPage", "TagsPerPage", "PaginationToken")


def get_resources(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """GetResources, of alarms: by their ARNs, or all of them by pages."""
    given = call.params
    arns = given.get("ResourceARNList")
    if arns is not None and any(given.get(member) for member in BESIDES):
        raise AwsError("InvalidParameterException", f"ResourceARNList cannot be used with any of {', '.join(BESIDES)}.")
    if arns is None and given.get("ResourceTypeFilters") != [ALARMS] or given.get("TagFilters"):
        raise AwsError("AwsLocalNotImplemented", f"aws-local has only the tags of {ALARMS}, without filters", 501)
    backend = state.moto.backend("cloudwatch", call.region)
    alarms = sorted(alarm["AlarmArn"] for alarm in list(alarms_of(backend).values()))
    found = []
    for arn in alarms if arns is None else [arn for arn in alarms if arn in set(arns)]:
        tags = backend.tagger.list_tags_for_resource(arn)["Tags"]
        found += [{"ResourceARN": arn, "Tags": tags}] if tags else []
    if arns is not None:
        return {"ResourceTagMappingList": found, "PaginationToken": ""}
    paging = {"MaxResults": given.get("ResourcesPerPage"), "NextToken": given.get("PaginationToken")}
    page, token = listing.page(found, paging, 50, "PaginationTokenExpiredException")
    return {"ResourceTagMappingList": page, "PaginationToken": token or ""}


INSTEAD = {"GetResources": get_resources}
