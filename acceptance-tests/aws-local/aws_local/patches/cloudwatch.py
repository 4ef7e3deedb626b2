"""CloudWatch: metrics without a timestamp get the local clock's, and metrics are told apart by all their dimensions."""

from __future__ import annotations

import datetime
from typing import Any

from . import wrap


def apply(state: Any) -> None:
    """Patch moto's CloudWatch."""
    from moto.cloudwatch import models

    def put_metric_data(original: Any) -> Any:
        def put(self: Any, namespace: str, metric_data: list[dict[str, Any]]) -> None:
            # moto keeps times as UTC without saying so.
            now = datetime.datetime.fromtimestamp(state.clock.now(), datetime.UTC).replace(tzinfo=None)
            original(
                self, namespace, [each if each.get("Timestamp") else {**each, "Timestamp": now} for each in metric_data]
            )

        return put

    def are_dimensions_same(original: Any) -> Any:
        def same(first: list[Any], second: list[Any]) -> bool:
            # moto compares every dimension of one with every one of the other, so two are never the same.
            return {(each.name, each.value) for each in first} == {(each.name, each.value) for each in second}

        return same

    wrap(models.CloudWatchBackend, "put_metric_data", put_metric_data)
    wrap(models, "are_dimensions_same", are_dimensions_same)
