"""The bridge between threads and the gateway: one event loop that the process owns.

Screens run in threads; every model they ask is asked on this loop, so N models stream at once into N columns.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError, Future
from contextlib import aclosing, suppress
from typing import Any, TypeVar, cast
from weakref import WeakSet

from anyio.from_thread import BlockingPortal, start_blocking_portal

from coaching_core.errors import WorkbenchError
from coaching_core.llm.gateway import Gateway
from coaching_core.llm.types import Completion, CompletionRequest, Restart, TextDelta

T = TypeVar("T")
_CLOSING_SECONDS = 5


class LiveReply:
    """An answer that is arriving. Safe to read from any thread at any time.

    Attributes:
        text: What has arrived so far.
        completion: The whole answer with what it took, once it is there.
        error: What went wrong, in words for a person; None while all is well.
        restarted: Why the answer began anew after part of it had arrived, in words; None when it did not.
        stopped: The person stopped it. False as well when it ended because the loop did.
        ttft_ms: Milliseconds to the first token, once it is there.
    """

    def __init__(self, on_end: Callable[[], object] | None = None) -> None:
        self._pieces: list[str] = []
        self._done = threading.Event()
        self._on_end = on_end
        self._task: Future[None] | None = None
        self.completion: Completion | None = None
        self.error: str | None = None
        self.restarted: str | None = None
        self.stopped = False
        self.ttft_ms: float | None = None

    @property
    def text(self) -> str:
        """What has arrived so far."""
        return self.completion.text if self.completion else "".join(self._pieces)

    @property
    def done(self) -> bool:
        """Nothing more will arrive."""
        return self._done.is_set()

    def stop(self) -> None:
        """Break the answer off; what has arrived stays."""
        if not self.done and self._task is not None:
            self.stopped = True
            self._task.cancel()

    def wait(self, seconds: float | None = None) -> bool:
        """Block until nothing more will arrive; False when the time ran out first."""
        return self._done.wait(seconds)

    async def consume(self, gateway: Gateway, request: CompletionRequest) -> None:
        """Fill this reply from a gateway's stream. Runs on the model loop."""
        begun = time.perf_counter()
        async with aclosing(cast("Any", gateway.stream(request))) as events:
            async for event in events:
                if self.done:  # stopped; the task hears of it a moment later
                    return
                if isinstance(event, TextDelta):
                    if self.ttft_ms is None:
                        self.ttft_ms = (time.perf_counter() - begun) * 1000
                    self._pieces.append(event.text)
                elif isinstance(event, Restart):
                    self._pieces, self.restarted = [], event.reason
                else:
                    self.completion = event

    def begin(self, task: Future[None]) -> None:
        """Tie this reply to the task that fills it."""
        self._task = task
        task.add_done_callback(self._finish)

    def _finish(self, task: Future[None]) -> None:
        with suppress(CancelledError):
            error = task.exception()
            if isinstance(error, WorkbenchError):
                self.error = str(error)
            elif error is not None:
                self.error = f"The call failed: {type(error).__name__}."
        self._done.set()
        if self._on_end is not None:
            self._on_end()


class ModelLoop:
    """One event loop in a thread of its own, for the life of the process."""

    def __init__(self) -> None:
        self._context = start_blocking_portal()
        self._portal: BlockingPortal = self._context.__enter__()
        self._idle = self._portal.call(_tasks)
        self._streams: WeakSet[Future[None]] = WeakSet()
        self._farewells: list[tuple[Callable[..., Awaitable[object]], tuple[object, ...]]] = []

    def run(self, function: Callable[..., Awaitable[T]], *arguments: object) -> T:
        """Run a coroutine function on the loop and wait for its result."""
        return self._portal.call(function, *arguments)

    def stream(
        self, gateway: Gateway, request: CompletionRequest, on_end: Callable[[], object] | None = None
    ) -> LiveReply:
        """Start an answer; it fills by itself.

        Args:
            on_end: Called once, from any thread, when nothing more will arrive; must be quick.
        """
        reply = LiveReply(on_end)
        task = self._portal.start_task_soon(reply.consume, gateway, request)
        self._streams.add(task)
        reply.begin(task)
        return reply

    def at_close(self, function: Callable[..., Awaitable[object]], *arguments: object) -> None:
        """Have a coroutine function run when the loop closes, after all calls have ended."""
        self._farewells.append((function, arguments))

    def close(self) -> None:
        """Cancel what is under way, let its records be written, and end the thread."""
        for task in tuple(self._streams):
            task.cancel()
        self._portal.call(self._let_records_end)
        try:
            for function, arguments in self._farewells:
                self._portal.call(function, *arguments)
        finally:
            self._portal.call(self._portal.stop, True)
            self._context.__exit__(None, None, None)

    async def _let_records_end(self) -> None:
        """A cancelled call shields the writing of its PromptRun; ending the loop would break that off."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING_SECONDS):
                while waiting := _tasks() - self._idle:
                    await asyncio.wait(waiting)


def _tasks() -> set[asyncio.Task[Any]]:
    """What else runs on this loop."""
    current = asyncio.current_task()
    return {task for task in asyncio.all_tasks() if task is not current}
