"""A provider that does what a test tells it, and a recorder that a test looks into."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from coaching_core.llm.accounting import PromptRun, Reservation
from coaching_core.llm.types import (
    CallContext,
    CompletionRequest,
    Message,
    ProviderReply,
    Purpose,
    TextDelta,
    Usage,
)

SECRET = "My secret is that I am afraid of Monday."
ANSWER = "What would a good Monday look like?"
USAGE = Usage(input_tokens=120, output_tokens=30, cached_tokens=40)
REPLY = ProviderReply(ANSWER, "stop", USAGE)
STEADY = "simulated/coach-steady"


def question(**changes: object) -> CompletionRequest:
    """A question to a simulated model, with these fields changed."""
    values: dict[str, object] = {
        "model": STEADY,
        "messages": (Message("system", "You are a coach."), Message("user", SECRET)),
        "context": CallContext(tenant_id="acme", purpose=Purpose.CHAT),
    }
    return CompletionRequest(**(values | changes))  # type: ignore[arg-type]


class Hang:
    """A step at which nothing more comes until the call is ended from outside."""


Step = str | ProviderReply | BaseException | Hang


@dataclass
class Scripted:
    """Goes through its steps: text is streamed, an error raised, a reply given; the end of them is the end.

    Attributes:
        steps: What happens, in order.
        asked: Every request that arrived.
        hanging: Set when a call has reached a :class:`Hang`.
        closed: Streams that were closed, whole or not.
    """

    steps: tuple[Step, ...] = (ANSWER[:10], ANSWER[10:], REPLY)
    asked: list[CompletionRequest] = field(default_factory=list)
    hanging: asyncio.Event = field(default_factory=asyncio.Event)
    closed: int = 0

    async def complete(self, request: CompletionRequest) -> ProviderReply:
        self.asked.append(request)
        for step in self.steps:
            if isinstance(step, ProviderReply):
                return step
            await self._suffer(step)
        raise AssertionError("the script has no reply")

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[TextDelta | ProviderReply, None]:
        self.asked.append(request)
        try:
            for step in self.steps:
                if isinstance(step, ProviderReply):
                    yield step
                elif isinstance(step, str):
                    yield TextDelta(step)
                else:
                    await self._suffer(step)
        finally:
            self.closed += 1

    async def _suffer(self, step: Step) -> None:
        if isinstance(step, BaseException):
            raise step
        if isinstance(step, Hang):
            self.hanging.set()
            await asyncio.Event().wait()


@dataclass
class Notebook:
    """A recorder that keeps runs in a list; it waits while a gate is shut, and fails when it has an error.

    Attributes:
        runs: What is durable.
        reserved: What was held, in order.
        arrived: Set when a record has come in, durable or not.
    """

    error: Exception | None = None
    gate: asyncio.Event | None = None
    runs: list[PromptRun] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    reserved: list[Reservation] = field(default_factory=list)

    async def reserve(self, reservation: Reservation) -> None:
        self.reserved.append(reservation)

    async def record(self, run: PromptRun) -> None:
        self.arrived.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        self.runs.append(run)

    @property
    def only(self) -> PromptRun:
        (run,) = self.runs
        return run
