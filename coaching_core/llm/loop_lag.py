"""How late the event loop runs: timings taken on a saturated loop are flagged, not trusted."""

from __future__ import annotations

import asyncio

_TICK_SECONDS = 0.05


class LoopLagMeter:
    """Measures, while calls are in flight, how late a timer of 50 ms fires."""

    def __init__(self) -> None:
        self._in_flight = 0
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.lag_ms = 0.0

    def enter(self) -> None:
        """A call begins."""
        self._in_flight += 1
        if self._in_flight == 1:
            self.lag_ms = 0.0
            self._schedule(asyncio.get_running_loop())

    def leave(self) -> None:
        """A call has ended."""
        self._in_flight -= 1
        if self._in_flight == 0 and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _schedule(self, loop: asyncio.AbstractEventLoop) -> None:
        self._due = loop.time() + _TICK_SECONDS
        self._timer = loop.call_at(self._due, self._tick, loop)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        self.lag_ms = max(0.0, (loop.time() - self._due) * 1000)
        self._schedule(loop)
