"""How late the event loop runs: timings taken on a saturated loop are flagged, not trusted."""

from __future__ import annotations

import asyncio

SATURATED_LOOP_MS = 100.0
"""A timing taken while the event loop lagged more than this tells about us, not about the model: it is left out."""

_TICK_SECONDS = 0.05


class LoopLagMeter:
    """Measures, while calls are in flight, how late a timer of 50 ms fires."""

    def __init__(self) -> None:
        self._in_flight = 0
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._last_ms = 0.0

    @property
    def lag_ms(self) -> float:
        """How late the last timer fired, or how late the present one is already, milliseconds; 0 without calls."""
        if self._loop is None:
            return 0.0
        return max(self._last_ms, (self._loop.time() - self._due) * 1000)

    def enter(self) -> None:
        """A call begins."""
        self._in_flight += 1
        if self._in_flight == 1:
            self._loop = asyncio.get_running_loop()
            self._last_ms = 0.0
            self._schedule(self._loop)

    def leave(self) -> None:
        """A call has ended."""
        self._in_flight -= 1
        if self._in_flight == 0 and self._timer is not None:
            self._timer.cancel()
            self._timer = self._loop = None

    def _schedule(self, loop: asyncio.AbstractEventLoop) -> None:
        self._due = loop.time() + _TICK_SECONDS
        self._timer = loop.call_at(self._due, self._tick, loop)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        self._last_ms = max(0.0, (loop.time() - self._due) * 1000)
        self._schedule(loop)
