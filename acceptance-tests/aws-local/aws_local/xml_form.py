"""Answers in XML, written from the shapes of the service model: rest-xml (S3) and query (IAM, STS), EC2."""

from __future__ import annotations

import datetime
from typing import Any
from xml.sax.saxutils import escape


def query(operation: Any, members: dict[str, Any], request_id: str) -> str:
    """The body of a successful answer of the query protocol."""
    namespace = operation.service_model.metadata.get("xmlNamespace", "")
    shape = operation.output_shape
    result = ""
    if shape is not None:
        wrapper = shape.serialization.get("resultWrapper", f"{operation.name}Result")
        result = element(shape, members, wrapper)
    name = f"{operation.name}Response"
    metadata = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    return f'<{name} xmlns="{namespace}">{result}{metadata}</{name}>'


def ec2(operation: Any, members: dict[str, Any], request_id: str) -> str:
    """The body of a successful answer of EC2: without a structure around the members; true where there are none."""
    namespace = operation.service_model.metadata["xmlNamespace"]
    name = f"{operation.name}Response"
    shape = operation.output_shape
    inner = element(shape, members, "x")[len("<x>") : -len("</x>")] if shape is not None else "<return>true</return>"
    return f'<{name} xmlns="{namespace}/"><requestId>{request_id}</requestId>{inner}</{name}>'


def element(shape: Any, value: Any, tag: str, namespace: str = "") -> str:
    """A value as the element `tag`; `namespace` is that of a root element."""
    start = f'{tag} xmlns="{namespace}"' if namespace else tag
    kind = shape.type_name
    if kind == "structure":
        inner = "".join(
            _member(shape.members[name], member, shape.members[name].serialization.get("name", name))
            for name, member in value.items()
            if member is not None
        )
    elif kind == "list":
        inner = "".join(element(shape.member, each, shape.member.serialization.get("name", "member")) for each in value)
    elif kind == "map":
        inner = "".join(
            f"<entry>{element(shape.key, key, 'key')}{element(shape.value, each, 'value')}</entry>"
            for key, each in value.items()
        )
    elif kind == "boolean":
        inner = "true" if value else "false"
    elif kind == "timestamp" and isinstance(value, int | float):
        inner = datetime.datetime.fromtimestamp(value, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    else:
        inner = escape(str(value))
    return f"<{start}>{inner}</{tag}>"


def _member(shape: Any, value: Any, tag: str) -> str:
    if shape.type_name == "list" and shape.serialization.get("flattened"):
        name = shape.serialization.get("name") or shape.member.serialization.get("name", tag)
        return "".join(element(shape.member, each, name) for each in value)
    return element(shape, value, tag)
