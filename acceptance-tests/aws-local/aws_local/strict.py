"""Read a request of any protocol into the members of its operation and check them against the service model."""

from __future__ import annotations

import base64
import functools
import re
import xml.etree.ElementTree as ElementTree
from typing import Any
from urllib.parse import parse_qsl, unquote

from . import model, wire
from .services import AwsError
from .validate import checker

# The code that services answer a validation error with. Source: "Common errors" of each API reference.
CODES = {
    "iam": "ValidationError",
    "sts": "ValidationError",
    "cloudwatch": "ValidationError",
    "sns": "InvalidParameter",
    "logs": "InvalidParameterException",
    "ecr": "InvalidParameterException",
    "budgets": "InvalidParameterException",
    "s3": "InvalidRequest",
    "ec2": "InvalidParameterValue",
    "resourcegroupstaggingapi": "InvalidParameterException",
}


def check(call: wire.Call, environ: dict[str, Any]) -> None:
    """Fill in `call.operation` and `call.params`. Raises AwsError when the request does not fit the model."""
    service = call.service
    if service in ("s3", "scheduler", "sagemaker-runtime"):
        found = route(service, environ)
        if found is None:
            raise AwsError(
                "AwsLocalNotImplemented",
                f"aws-local: no operation of {service} is {environ['REQUEST_METHOD']} {environ.get('PATH_INFO')}"
                f"?{environ.get('QUERY_STRING', '')}",
                501,
            )
        operation, uri = found
        call.operation = operation.name
        params = _rest_members(operation, uri, environ)
    else:
        operation = model.operation_model(service, call.operation)
        if operation is None:
            # Source: Query API common errors (code); text ours.
            raise AwsError("InvalidAction", f"The action {call.operation} is not valid for {service}.", 400)
        if call.protocol in ("query", "ec2"):
            params = query_members(operation, wire.body(environ).decode("utf-8", "replace"))
        else:
            params = wire.json_body(environ)
    call.params = params
    if operation.input_shape is None:
        return
    try:
        checker(service).check(operation.input_shape, params)
    except AwsError as error:
        if error.code == "ValidationException":
            error.code = CODES.get(service, error.code)
        raise


# -- query ---------------------------------------------------------------------------------------------------------


def query_members(operation: Any, text: str) -> dict[str, Any]:
    """The members of a query request (`Tags.member.1.Key=...`)."""
    given = dict(parse_qsl(text, keep_blank_values=True))
    for common in ("Action", "Version"):
        given.pop(common, None)
    if operation.input_shape is None:
        return {}
    read = _Ec2(given) if operation.service_model.metadata["protocol"] == "ec2" else _Query(given)
    members = read.structure(operation.input_shape, "") or {}
    if given:
        # Source: none, AWS ignores them; text ours.
        raise AwsError(
            "ValidationException",
            "aws-local: parameters that the service model does not know: " + ", ".join(sorted(given)),
        )
    return members


class _Query:
    """Takes the members of shapes out of the parameters of a query request."""

    def __init__(self, given: dict[str, str]) -> None:
        self.given = given

    def name(self, member: Any, name: str) -> str:
        """What a member of a structure is called."""
        return member.serialization.get("name", name)

    def inner(self, shape: Any, prefix: str) -> str:
        """What the elements of a list are called, without their number."""
        if shape.serialization.get("flattened"):
            return prefix
        return f"{prefix}.{shape.member.serialization.get('name', 'member')}"

    def value(self, shape: Any, prefix: str) -> Any:
        """A value of any shape; None when it was not given."""
        kind = shape.type_name
        if kind == "structure":
            return self.structure(shape, prefix + ".")
        if kind == "list":
            return self.list(shape, prefix)
        if kind == "map":
            return self.map(shape, prefix)
        if prefix not in self.given:
            return None
        return _scalar(shape, self.given.pop(prefix))

    def structure(self, shape: Any, prefix: str) -> dict[str, Any] | None:
        """The members that begin with a prefix."""
        if prefix and not any(name.startswith(prefix) for name in self.given):
            return None
        members = {}
        for name, member in shape.members.items():
            value = self.value(member, prefix + self.name(member, name))
            if value is not None:
                members[name] = value
        return members

    def list(self, shape: Any, prefix: str) -> list[Any] | None:
        """The elements, numbered from 1."""
        if self.given.get(prefix) == "":
            self.given.pop(prefix)
            return []
        inner = self.inner(shape, prefix)
        found: list[Any] = []
        while self._has(f"{inner}.{len(found) + 1}"):
            found.append(self.value(shape.member, f"{inner}.{len(found) + 1}"))
        return found or None

    def map(self, shape: Any, prefix: str) -> dict[str, Any] | None:
        """The entries, numbered from 1."""
        inner = prefix if shape.serialization.get("flattened") else f"{prefix}.entry"
        found: dict[str, Any] = {}
        number = 1
        while any(name.startswith(f"{inner}.{number}.") for name in self.given):
            key = self.value(shape.key, f"{inner}.{number}.{shape.key.serialization.get('name', 'key')}")
            found[key] = self.value(shape.value, f"{inner}.{number}.{shape.value.serialization.get('name', 'value')}")
            number += 1
        return found or None

    def _has(self, prefix: str) -> bool:
        return any(name == prefix or name.startswith(f"{prefix}.") for name in self.given)


class _Ec2(_Query):
    """EC2 writes names with a capital, and no list says what its elements are called."""

    def name(self, member: Any, name: str) -> str:
        """What a member of a structure is called."""
        said = member.serialization.get("queryName") or member.serialization.get("name", name)
        return said[:1].upper() + said[1:]

    def inner(self, shape: Any, prefix: str) -> str:
        """What the elements of a list are called, without their number."""
        return prefix


def _scalar(shape: Any, text: str) -> Any:
    kind = shape.type_name
    try:
        if kind in ("integer", "long"):
            return int(text)
        if kind in ("float", "double"):
            return float(text)
        if kind == "blob":
            return base64.b64decode(text)
    except ValueError as error:
        # Source: Query API common errors (code); text ours.
        raise AwsError("MalformedInput", f"{text!r} is not of type {kind}") from error
    if kind == "boolean":
        if text.lower() not in ("true", "false"):
            # Source: Query API common errors (code); text ours.
            raise AwsError("MalformedInput", f"{text!r} is not of type boolean")
        return text.lower() == "true"
    return text


# -- rest ----------------------------------------------------------------------------------------------------------


@functools.cache
def _routes(service: str) -> list[tuple[str, Any, dict[str, str], frozenset[str], frozenset[str], Any]]:
    """method, path pattern, literal query, required query members, required header members, operation."""
    routes = []
    described = model.service_model(service)
    for name in described.operation_names:
        operation = described.operation_model(name)
        if operation.deprecated:
            continue
        path, _, query = operation.http["requestUri"].partition("?")
        literal = dict(parse_qsl(query, keep_blank_values=True))
        # Clients may leave out what only names the operation.
        literal.pop("x-id", None)
        needed_query, needed_headers = set(), set()
        if operation.input_shape is not None:
            for member in operation.input_shape.required_members:
                where = operation.input_shape.members[member].serialization
                if where.get("location") == "querystring":
                    needed_query.add(where["name"])
                elif where.get("location") == "header":
                    needed_headers.add(_header(where["name"]))
        routes.append(
            (
                operation.http["method"],
                _path_pattern(path),
                literal,
                frozenset(needed_query),
                frozenset(needed_headers),
                operation,
            )
        )
    return routes


def _path_pattern(path: str) -> Any:
    pattern = ""
    for part in re.split(r"(\{[^}]+\})", path):
        if part.startswith("{"):
            name = part[1:-1]
            pattern += f"(?P<{name[:-1]}>.+)" if name.endswith("+") else f"(?P<{name}>[^/]+)"
        else:
            pattern += re.escape(part)
    return re.compile(pattern.rstrip("/") + "/?" if not pattern.endswith(".+)") else pattern, re.DOTALL)


def _header(name: str) -> str:
    upper = name.upper().replace("-", "_")
    return upper if upper in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_" + upper


def route(service: str, environ: dict[str, Any]) -> tuple[Any, dict[str, str]] | None:
    """The operation of a REST request and the members of its path."""
    path = environ.get("RAW_URI", environ.get("PATH_INFO", "/")).partition("?")[0] or "/"
    if service == "s3":
        path = _s3_path(environ, path)
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    best, score = None, -1
    for method, pattern, literal, needed_query, needed_headers, operation in _routes(service):
        if method != environ["REQUEST_METHOD"]:
            continue
        matched = pattern.fullmatch(path)
        if matched is None or any(query.get(name) != value for name, value in literal.items()):
            continue
        if not needed_query <= set(query) or any(name not in environ for name in needed_headers):
            continue
        weight = 2 * len(literal) + len(needed_query) + len(needed_headers)
        if weight > score:
            best, score = (operation, {k: unquote(v) for k, v in matched.groupdict().items()}), weight
    return best


def _s3_path(environ: dict[str, Any], path: str) -> str:
    """The path-style path: a bucket named by the host is put in front."""
    host = environ.get("HTTP_HOST", "").split(":")[0]
    for suffix in (".s3.", ".localhost", ".s3-"):
        bucket, found, _ = host.partition(suffix)
        if found and bucket:
            return f"/{bucket}{path}"
    return path


def _rest_members(operation: Any, uri: dict[str, str], environ: dict[str, Any]) -> dict[str, Any]:
    shape = operation.input_shape
    if shape is None:
        return {}
    query = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    members: dict[str, Any] = {}
    body_members = {}
    for name, member in shape.members.items():
        where = member.serialization.get("location")
        wire_name = member.serialization.get("name", name)
        value: Any = None
        if where == "uri":
            value = uri.get(wire_name)
        elif where == "querystring":
            if member.type_name == "map":
                continue
            values = [each for key, each in query if key == wire_name]
            if values:
                value = values if member.type_name == "list" else _scalar(member, values[0])
        elif where == "header":
            text = environ.get(_header(wire_name))
            if text is not None and member.type_name == "list":
                value = [each.strip() for each in text.split(",")]
            elif text is not None:
                value = _scalar(member, text) if member.type_name != "blob" else text
        elif where == "headers":
            continue
        else:
            body_members[name] = member
            continue
        if value is not None:
            members[name] = value
    payload = shape.serialization.get("payload")
    if payload is not None:
        inner = shape.members[payload]
        if inner.type_name == "structure":
            value = _body_value(operation, inner, environ)
            if value is not None:
                members[payload] = value
        elif inner.type_name == "string":
            members[payload] = wire.body(environ).decode("utf-8", "replace")
        elif payload in shape.required_members:
            members[payload] = wire.body(environ)
    elif body_members:
        members.update(_body_value(operation, shape, environ) or {})
    return members


def _body_value(operation: Any, shape: Any, environ: dict[str, Any]) -> Any:
    raw = wire.body(environ)
    if not raw.strip():
        return None
    if operation.service_model.metadata["protocol"] == "rest-json":
        return wire.json_body(environ)
    try:
        root = ElementTree.fromstring(raw)
    except ElementTree.ParseError as error:
        # Source: Amazon S3 API reference, List of error codes.
        raise AwsError(
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema",
        ) from error
    return _xml_value(shape, root, _tag(root))


def _tag(element: Any) -> str:
    return element.tag.rpartition("}")[2]


def _xml_value(shape: Any, element: Any, path: str) -> Any:
    kind = shape.type_name
    if kind == "structure":
        return _xml_structure(shape, element, path)
    if kind == "list":
        return [_xml_value(shape.member, child, path) for child in element]
    if kind in ("string", "timestamp"):
        return element.text or ""
    return _scalar(shape, (element.text or "").strip())


def _xml_structure(shape: Any, element: Any, path: str) -> dict[str, Any]:
    by_tag = {}
    for name, member in shape.members.items():
        if member.serialization.get("location"):
            continue
        tag = member.serialization.get("name", name)
        flat = member.type_name == "list" and member.serialization.get("flattened")
        if flat and "name" not in member.serialization:
            tag = member.member.serialization.get("name", tag)
        by_tag[tag] = (name, member, flat)
    members: dict[str, Any] = {}
    for child in element:
        tag = _tag(child)
        if tag not in by_tag:
            # Source: Amazon S3 API reference, List of error codes (MalformedXML).
            raise AwsError(
                "MalformedXML",
                "The XML you provided was not well-formed or did not validate against our published schema "
                f"(aws-local: {path} has no member {tag})",
            )
        name, member, flat = by_tag[tag]
        if flat:
            members.setdefault(name, []).append(_xml_value(member.member, child, f"{path}.{tag}"))
        else:
            members[name] = _xml_value(member, child, f"{path}.{tag}")
    for name, member in shape.members.items():
        if member.serialization.get("xmlAttribute"):
            for key, value in element.attrib.items():
                if key.rpartition("}")[2] == member.serialization["name"].rpartition(":")[2]:
                    members[name] = value
    return members
