"""The clock of the local AWS: real, faster than real, or standing still until it is advanced."""

from __future__ import annotations

import threading
import time


class ControllableClock:
    """Seconds since the epoch that follow real time times `scale`, or, when `stepped`, move only by `advance`."""

    def __init__(self, scale: float = 1.0, stepped: bool = False) -> None:
        if scale <= 0:
            raise ValueError(f"the time scale must be above 0, got {scale}")
        self.scale = scale
        self.stepped = stepped
        self._changed = threading.Condition()
        self._real = time.monotonic()
        self._base = time.time()

    def now(self) -> float:
        """The present time, in seconds since the epoch, in whole milliseconds as AWS shows them."""
        if self.stepped:
            return round(self._base, 3)
        return round(self._base + (time.monotonic() - self._real) * self.scale, 3)

    def advance(self, seconds: float) -> float:
        """Move the clock forward by `seconds` and return the new time."""
        if seconds < 0:
            raise ValueError("time does not go backwards")
        with self._changed:
            self._base += seconds
            self._changed.notify_all()
        return self.now()

    def set(self, now: float) -> None:
        """Jump to `now`; only a restored snapshot may move time backwards."""
        with self._changed:
            self._base = now
            self._real = time.monotonic()
            self._changed.notify_all()

    def sleep(self, seconds: float, cancel: threading.Event | None = None) -> bool:
        """Wait `seconds` of this clock. True: they passed; False: `cancel` was set before."""
        until = self.now() + seconds
        while True:
            if cancel is not None and cancel.is_set():
                return False
            left = until - self.now()
            if left <= 0:
                return True
            # A cancel event has no way to wake this condition, so it is looked at ten times a second.
            pause = 0.1 if self.stepped else min(0.1, left / self.scale)
            if cancel is not None and not self.stepped:
                cancel.wait(pause)
            else:
                with self._changed:
                    self._changed.wait(pause)
