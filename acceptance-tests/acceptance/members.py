"""The members of AWS's operations as botocore's service models have them, for the provider's conformance tests.

    python -m acceptance.members > provider/mlops/src/services/members.json
"""

from __future__ import annotations

import json
import re
from typing import Any

import botocore.session
from botocore import xform_name

from .installation import ROOT

FILE = ROOT / "provider" / "mlops" / "src" / "services" / "members.json"
# The service as the provider names it, and as botocore does.
SERVICES = {
    "Application Auto Scaling": "application-autoscaling",
    "Budgets": "budgets",
    "CloudWatch": "cloudwatch",
    "CloudWatch Logs": "logs",
    "EC2": "ec2",
    "EventBridge": "events",
    "Resource Groups Tagging API": "resourcegroupstaggingapi",
    "SNS": "sns",
    "Scheduler": "scheduler",
}


def operations() -> dict[str, list[str]]:
    """The operations that the provider's code names, by service."""
    found: dict[str, set[str]] = {}
    for file in sorted(FILE.parent.glob("*.rs")):
        text = file.read_text()
        for service, name in re.findall(r'typed_operation!\(\s*"([^"]+)",\s*(\w+)', text):
            found.setdefault(service, set()).add(name)
        # One macro makes all that there are for tags.
        for service in re.findall(r'tagging!\(\s*"([^"]+)"', text):
            found.setdefault(service, set()).update(("ListTagsForResource", "TagResource", "UntagResource"))
    return {service: sorted(names) for service, names in sorted(found.items())}


def members(shape: Any, path: str = "", seen: tuple[str, ...] = ()) -> dict[str, str]:
    """Every leaf below a shape, by its path."""
    if shape is None or shape.name in seen:
        return {}
    seen = (*seen, shape.name)
    if shape.type_name == "structure":
        found: dict[str, str] = {}
        for name, member in shape.members.items():
            found |= members(member, f"{path}.{xform_name(name)}", seen)
        return found
    if shape.type_name == "list":
        return members(shape.member, f"{path}[*]", seen)
    if shape.type_name == "map":
        return members(shape.value, f"{path}{{*}}", seen)
    return {path: shape.type_name}


def table() -> str:
    """The contents of the file."""
    session = botocore.session.get_session()
    found: dict[str, Any] = {}
    for service, names in operations().items():
        model = session.get_service_model(SERVICES[service])
        for name in names:
            operation = model.operation_model(name)
            sides = {"input": members(operation.input_shape), "output": members(operation.output_shape)}
            found.setdefault(service, {})[name] = sides
    return json.dumps(found, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    print(table(), end="")
