"""Service Quotas: the SageMaker quotas, which moto does not have."""

from __future__ import annotations

from typing import Any

from .. import quotas
from ..sagemaker import listing
from ..services import AwsError

SERVICE = "service-quotas"


def list_quotas(state: Any, call: Any, environ: dict) -> dict[str, Any] | None:
    """ListServiceQuotas and ListAWSDefaultServiceQuotas."""
    if call.params["ServiceCode"] != "sagemaker":
        return None
    page, token = listing.page(list(quotas.names()), call.params, 100)
    return {
        "Quotas": [quotas.shown(state.engine, call.region, name) for name in page],
        **({"NextToken": token} if token else {}),
    }


def get_quota(state: Any, call: Any, environ: dict) -> dict[str, Any] | None:
    """GetServiceQuota and GetAWSDefaultServiceQuota."""
    if call.params["ServiceCode"] != "sagemaker":
        return None
    for name in quotas.names():
        if quotas.code(name) == call.params["QuotaCode"]:
            return {"Quota": quotas.shown(state.engine, call.region, name)}
    # Source: service model of Service Quotas (code); text ours.
    raise AwsError(
        "NoSuchResourceException",
        f"The request failed because the specified quota {call.params['QuotaCode']} does not exist.",
    )


INSTEAD = {
    "ListServiceQuotas": list_quotas,
    "ListAWSDefaultServiceQuotas": list_quotas,
    "GetServiceQuota": get_quota,
    "GetAWSDefaultServiceQuota": get_quota,
}
