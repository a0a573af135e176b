"""Workers of a run: all at once, cut off some time after a stop was asked for, and never left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable

GRACE_SECONDS = 15.0
"""How long calls in flight may still come home after a stop was asked for."""


class Crew:
    """Employs workers.

    Args:
        stopping: Set when nothing new is to be begun.
        seconds: Until the time is up; None where it never is.
        time_is_up: Called then; it should set ``stopping``.
    """

    def __init__(self, stopping: asyncio.Event, seconds: float | None, time_is_up: Callable[[], None]) -> None:
        self._stopping = stopping
        self._seconds = seconds
        self._time_is_up = time_is_up

    async def employ(self, work: Iterable[Coroutine[None, None, None]]) -> None:
        """Return when all have ended or were cut off; the first error of one ends all, and is raised."""
        workers = [asyncio.create_task(one) for one in work]
        stopper = asyncio.create_task(self._cut_off(workers))
        loop = asyncio.get_running_loop()
        timer = None if self._seconds is None else loop.call_later(self._seconds, self._time_is_up)
        try:
            done, _ = await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            if timer is not None:
                timer.cancel()
            stopper.cancel()
            for worker in workers:
                worker.cancel()
            await asyncio.gather(stopper, *workers, return_exceptions=True)
        for worker in done:
            if not worker.cancelled() and (error := worker.exception()) is not None:
                raise error

    async def _cut_off(self, workers: Iterable[asyncio.Task[None]]) -> None:
        await self._stopping.wait()
        await asyncio.sleep(GRACE_SECONDS)
        for worker in workers:
            worker.cancel()
