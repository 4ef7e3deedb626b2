"""Writes what calls leave behind (metrics, captured data) outside the calls, in order and in batches.

A caller of a model must not wait for CloudWatch and S3, and real services deliver both later anyway.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Any

from aws_local.services import AwsError, Services

log = logging.getLogger(__name__)
BATCH = 1000
"""Most metrics in one PutMetricData (API reference)."""


class Publisher:
    """One thread that does what is submitted."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Callable[[], None]] = queue.Queue()
        self._metrics: dict[tuple[str, str], tuple[Services, list[dict[str, Any]]]] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, work: Callable[[], None]) -> None:
        """Have something done soon."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="aws-local-publish", daemon=True)
                self._thread.start()
        self._queue.put(work)

    def metrics(self, services: Services, namespace: str, data: list[dict[str, Any]]) -> None:
        """Have metrics published soon, together with others that wait."""
        key = (services.region, namespace)
        with self._lock:
            waiting = key in self._metrics
            self._metrics.setdefault(key, (services, []))[1].extend(data)
        if not waiting:
            self.submit(lambda: self._put(key))

    def _put(self, key: tuple[str, str]) -> None:
        with self._lock:
            services, data = self._metrics.pop(key)
        for start in range(0, len(data), BATCH):
            services.put_metric_data(key[1], data[start : start + BATCH])

    def drain(self) -> None:
        """Wait until everything submitted so far is done."""
        self._queue.join()

    def _run(self) -> None:
        while True:
            work = self._queue.get()
            try:
                work()
            except AwsError as error:
                log.info("not published: %s", error)
            except Exception:
                log.exception("not published")
            finally:
                self._queue.task_done()
