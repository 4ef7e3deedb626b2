"""Price List: a few products of SageMaker, in the form of AWS's price lists.

Source of the form: AWS Price List API reference, GetProducts; attributes as public scripts read them (regionCode, component,
instanceName). The figures are list prices of May 2026 where they are of hosting in us-east-1; the other uses and regions
are made after them.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from ..sagemaker import listing
from ..services import AwsError

SERVICE = "pricing"
# The regions that have the service. Source: AWS General Reference, AWS Price List endpoints.
REGIONS = ("us-east-1", "eu-central-1", "ap-south-1")
EFFECTIVE = "2026-05-01T00:00:00Z"
LOCATIONS = {"us-east-1": "US East (N. Virginia)", "eu-central-1": "EU (Frankfurt)"}
HOSTING = {
    "ml.t2.medium": 0.056,
    "ml.m5.large": 0.115,
    "ml.m5.xlarge": 0.23,
    "ml.m5.2xlarge": 0.461,
    "ml.c5.xlarge": 0.204,
    "ml.g4dn.xlarge": 0.736,
    "ml.g5.xlarge": 1.408,
}
NOTEBOOK = {"ml.t2.medium": 0.0464, "ml.t3.medium": 0.05, "ml.m5.xlarge": 0.23}
COMPONENTS = {
    "Hosting": HOSTING,
    "Training": HOSTING,
    "Processing": HOSTING,
    "Batch Transform": HOSTING,
    "Notebook": NOTEBOOK,
}


def _product(region: str, component: str, instance: str, price: float) -> dict[str, Any]:
    sku = hashlib.sha256(f"{region}{component}{instance}{price}".encode()).hexdigest()[:16].upper()
    prefix = "" if region == "us-east-1" else "EUC1-"
    attributes = {
        "servicecode": "AmazonSageMaker",
        "servicename": "Amazon SageMaker",
        "regionCode": region,
        "location": LOCATIONS[region],
        "locationType": "AWS Region",
        "component": component,
        "instanceName": instance,
        "instanceType": f"{instance}-{component.replace(' ', '')}",
        "usagetype": f"{prefix}{component.replace(' ', '')}:{instance}",
        "operation": "RunInstance",
    }
    dimension = {
        "unit": "Hrs",
        "beginRange": "0",
        "endRange": "Inf",
        "description": f"${price} per {component} {instance} hour in {LOCATIONS[region]}",
        "rateCode": f"{sku}.JRTCKXETXF.6YS6EN2CT7",
        "appliesTo": [],
        "pricePerUnit": {"USD": f"{price:.10f}"},
    }
    term = {
        "sku": sku,
        "offerTermCode": "JRTCKXETXF",
        "effectiveDate": EFFECTIVE,
        "termAttributes": {},
        "priceDimensions": {dimension["rateCode"]: dimension},
    }
    return {
        "product": {"productFamily": "ML Instance", "attributes": attributes, "sku": sku},
        "serviceCode": "AmazonSageMaker",
        "terms": {"OnDemand": {f"{sku}.JRTCKXETXF": term}},
        "version": "20260520000000",
        "publicationDate": "2026-05-20T00:00:00Z",
    }


def _products() -> list[dict[str, Any]]:
    """Each price, and beside it one of nothing, as AWS has them for what a free tier covers."""
    found = []
    for region, factor in (("us-east-1", 1.0), ("eu-central-1", 1.2)):
        for component, prices in COMPONENTS.items():
            for instance, price in prices.items():
                found += [
                    _product(region, component, instance, round(price * factor, 6)),
                    _product(region, component, instance, 0),
                ]
    return found


def get_products(state: Any, call: Any, environ: dict) -> dict[str, Any]:
    """GetProducts, with filters that match whole values."""
    if call.region not in REGIONS:
        raise AwsError(
            "AwsLocalNotImplemented", f"there is no Price List service in {call.region}, only in {REGIONS}", 501
        )
    if call.params.get("ServiceCode") != "AmazonSageMaker":
        raise AwsError("AwsLocalNotImplemented", f"aws-local has no prices of {call.params.get('ServiceCode')}", 501)
    found = _products()
    for each in call.params.get("Filters") or ():
        if each["Type"] not in ("TERM_MATCH", "EQUALS"):
            raise AwsError("AwsLocalNotImplemented", f"aws-local has no filter {each['Type']}", 501)
        found = [p for p in found if p["product"]["attributes"].get(each["Field"]) == each["Value"]]
    page, token = listing.page([json.dumps(p) for p in found], call.params, 100, "InvalidNextTokenException")
    return {"FormatVersion": "aws_v1", "PriceList": page, **({"NextToken": token} if token else {})}


INSTEAD = {"GetProducts": get_products}
