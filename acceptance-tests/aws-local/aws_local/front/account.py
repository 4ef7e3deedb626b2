"""Service Quotas: the SageMaker quotas, which moto does not have, and requests to raise them.

A request is pending for as long as things linger (`--linger`), then it is approved, and the quota has the value.
Source: Service Quotas API reference; text ours.
"""

from __future__ import annotations

import uuid
from typing import Any

from .. import quotas
from ..sagemaker import listing
from ..services import AwsError

SERVICE = "service-quotas"
_SERVICES = [{"ServiceCode": "sagemaker", "ServiceName": "Amazon SageMaker"}]


def list_services(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """ListServices: the only one that has quotas here."""
    return {"Services": _SERVICES}


def list_quotas(state: Any, call: Any, environ: dict) -> dict[str, Any] | None:
    """ListServiceQuotas and ListAWSDefaultServiceQuotas."""
    if call.params["ServiceCode"] != "sagemaker":
        return None
    requests_of(state, call.region)
    page, token = listing.page(list(quotas.names()), call.params, 100, "InvalidPaginationTokenException")
    return {
        "Quotas": [quotas.shown(state.engine, call.region, name) for name in page],
        **({"NextToken": token} if token else {}),
    }


def _name(call: Any) -> str:
    name = quotas.named(call.params["QuotaCode"]) if call.params["ServiceCode"] == "sagemaker" else None
    if name is None:
        # Source: service model of Service Quotas (code); text ours.
        raise AwsError(
            "NoSuchResourceException",
            f"The request failed because the specified quota {call.params['QuotaCode']} does not exist.",
        )
    return name


def get_quota(state: Any, call: Any, environ: dict) -> dict[str, Any] | None:
    """GetServiceQuota and GetAWSDefaultServiceQuota."""
    if call.params["ServiceCode"] != "sagemaker":
        return None
    requests_of(state, call.region)
    return {"Quota": quotas.shown(state.engine, call.region, _name(call))}


def requests_of(state: Any, region: str) -> list[dict[str, Any]]:
    """The requests of a region, newest first; those that waited long enough are approved."""
    requests = state.moto.backend("servicequotas", region).__dict__.setdefault("aws_local_requests", [])
    now = state.clock.now()
    for each in requests:
        if each["Status"] == "PENDING" and now >= each["Created"] + state.linger:
            each.update(Status="APPROVED", LastUpdated=now)
            state.engine.quotas[each["QuotaName"]] = each["DesiredValue"]
    return requests


def request_increase(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """RequestServiceQuotaIncrease: more than there is, and one request at a time."""
    name = _name(call)
    requests = requests_of(state, call.region)
    shown = quotas.shown(state.engine, call.region, name)
    if any(each["QuotaName"] == name and each["Status"] == "PENDING" for each in requests):
        raise AwsError(
            "ResourceAlreadyExistsException",
            f"Only one open service quota increase request is allowed per quota: {name}.",
        )
    if call.params["DesiredValue"] <= shown["Value"]:
        raise AwsError(
            "IllegalArgumentException", "You must provide a quota value greater than the current quota value."
        )
    now = state.clock.now()
    kept = ("ServiceCode", "ServiceName", "QuotaCode", "QuotaName", "QuotaArn", "GlobalQuota", "Unit")
    made = {
        "Id": uuid.uuid4().hex,
        **{member: shown[member] for member in kept},
        "DesiredValue": call.params["DesiredValue"],
        "Status": "PENDING",
        "Created": now,
        "LastUpdated": now,
        "QuotaRequestedAtLevel": "ACCOUNT",
    }
    requests.insert(0, made)
    return {"RequestedQuota": dict(made)}


def get_request(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """GetRequestedServiceQuotaChange."""
    for each in requests_of(state, call.region):
        if each["Id"] == call.params["RequestId"]:
            return {"RequestedQuota": each}
    raise AwsError("NoSuchResourceException", f"The request {call.params['RequestId']} does not exist.")


def list_requests(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """ListRequestedServiceQuotaChangeHistory, also ByQuota."""
    filters = ("ServiceCode", "QuotaCode", "Status")
    found = [
        each
        for each in requests_of(state, call.region)
        if all(call.params.get(member) in (None, each[member]) for member in filters)
    ]
    page, token = listing.page(found, call.params, 100, "InvalidPaginationTokenException")
    return {"RequestedQuotas": page, **({"NextToken": token} if token else {})}


INSTEAD = {
    "ListServices": list_services,
    "ListServiceQuotas": list_quotas,
    "ListAWSDefaultServiceQuotas": list_quotas,
    "GetServiceQuota": get_quota,
    "GetAWSDefaultServiceQuota": get_quota,
    "RequestServiceQuotaIncrease": request_increase,
    "GetRequestedServiceQuotaChange": get_request,
    "ListRequestedServiceQuotaChangeHistory": list_requests,
    "ListRequestedServiceQuotaChangeHistoryByQuota": list_requests,
}
