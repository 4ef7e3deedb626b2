"""Service models of botocore, loaded once and only when first needed."""

from __future__ import annotations

import functools
import threading
from typing import Any

# `botocore.loaders` and `botocore.model` are imported when needed: `import botocore.session` alone takes 0.1 s.
_lock = threading.RLock()


@functools.cache
def _loader() -> Any:
    from botocore.loaders import Loader

    return Loader()


@functools.cache
def _load(service: str) -> Any:
    from botocore.model import ServiceModel

    return ServiceModel(_loader().load_service_model(service, "service-2"), service)


def service_model(service: str) -> Any:
    """The `botocore.model.ServiceModel` of `service` (boto3's name). Raises UnknownServiceError."""
    with _lock:
        return _load(service)


@functools.cache
def _operation(service: str, operation: str) -> Any | None:
    from botocore.model import OperationNotFoundError

    try:
        return service_model(service).operation_model(operation)
    except OperationNotFoundError:
        return None


def operation_model(service: str, operation: str) -> Any | None:
    """The `botocore.model.OperationModel`, or None when the service model has no such operation."""
    with _lock:
        return _operation(service, operation)
