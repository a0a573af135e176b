"""The lag meter: a blocked loop is seen, an idle one costs nothing. Time is the test's own, so nothing sleeps."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextvars import Context
from typing import Any

import pytest

from coaching_core.errors import ModelTimeoutError
from coaching_core.llm.assembly import build_catalogue
from coaching_core.llm.gateway import Equipment, Gateway
from coaching_core.llm.loop_lag import LoopLagMeter
from coaching_core.llm.resilience import RetryPolicy
from coaching_core.llm.types import CompletionRequest, ProviderReply
from coaching_core.settings import Settings
from tests.coaching_core.llm.scripted import REPLY, Hang, Notebook, Scripted, question


class SteppedLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock stands still unless a test moves it; it remembers the timers that were set."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.timers: list[asyncio.TimerHandle] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Any, *args: Any, context: Context | None = None) -> asyncio.TimerHandle:
        handle = super().call_at(when, callback, *args, context=context)
        self.timers.append(handle)
        return handle

    def pending(self) -> list[asyncio.TimerHandle]:
        """Timers that would still fire."""
        return [timer for timer in self.timers if not timer.cancelled() and timer.when() > self.now]


def run(scenario: Coroutine[Any, Any, None], loop: SteppedLoop) -> None:
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(scenario)


async def let_timers_fire() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_a_blocked_loop_is_seen() -> None:
    loop, meter = SteppedLoop(), LoopLagMeter()

    async def block() -> None:
        meter.enter()
        loop.now += 0.35
        await let_timers_fire()
        assert meter.lag_ms == pytest.approx(300)
        meter.leave()

    run(block(), loop)


def test_a_block_is_seen_before_the_timer_had_a_chance_to_fire() -> None:
    loop, meter = SteppedLoop(), LoopLagMeter()

    async def block() -> None:
        meter.enter()
        loop.now += 0.35
        assert meter.lag_ms == pytest.approx(300)
        meter.leave()

    run(block(), loop)


def test_a_loop_on_time_has_no_lag_and_an_old_block_is_forgotten() -> None:
    loop, meter = SteppedLoop(), LoopLagMeter()

    async def block_and_recover() -> None:
        meter.enter()
        loop.now += 0.35
        await let_timers_fire()
        for _ in range(3):
            loop.now += 0.05
            await let_timers_fire()
        assert meter.lag_ms == pytest.approx(0)
        meter.leave()
        loop.now += 60
        assert meter.lag_ms == 0
        meter.enter()
        assert meter.lag_ms == 0
        meter.leave()

    run(block_and_recover(), loop)


def test_a_block_under_the_last_call_says_nothing_of_the_next() -> None:
    loop, meter = SteppedLoop(), LoopLagMeter()

    async def block_and_leave() -> None:
        meter.enter()
        loop.now += 0.35
        await let_timers_fire()
        meter.leave()
        meter.enter()
        assert meter.lag_ms == 0
        meter.leave()

    run(block_and_leave(), loop)


def test_the_timer_ends_with_the_last_call() -> None:
    loop, meter = SteppedLoop(), LoopLagMeter()

    async def two_calls() -> None:
        meter.enter()
        meter.enter()
        loop.now += 0.05
        await let_timers_fire()
        meter.leave()
        assert len(loop.pending()) == 1
        meter.leave()
        assert loop.pending() == []

    run(two_calls(), loop)


def test_calls_leave_no_timer_behind_however_they_end(settings: Settings) -> None:
    loop, notebook = SteppedLoop(), Notebook()

    async def call(*steps: Any, **changes: Any) -> None:
        gateway = Gateway(
            Equipment(
                build_catalogue(settings), {"simulated": Scripted(steps)}, notebook, retries=RetryPolicy(attempts=1)
            )
        )
        await gateway.complete(question(**changes))

    async def try_all() -> None:
        await call(REPLY)
        with pytest.raises(RuntimeError):
            await call(RuntimeError())
        task = asyncio.create_task(call(Hang(), timeout_seconds=5))
        await let_timers_fire()
        loop.now += 6
        with pytest.raises(ModelTimeoutError):
            await task
        cancelled = asyncio.create_task(call(Hang(), timeout_seconds=1e9))
        await let_timers_fire()
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        assert loop.pending() == []

    run(try_all(), loop)
    assert len(notebook.runs) == 4


def test_a_call_on_a_blocked_loop_carries_the_lag(settings: Settings) -> None:
    loop, notebook = SteppedLoop(), Notebook()

    class Blocking(Scripted):
        async def complete(self, request: CompletionRequest) -> ProviderReply:
            loop.now += 0.35
            return await super().complete(request)

    async def call() -> None:
        await Gateway(
            Equipment(
                build_catalogue(settings), {"simulated": Blocking((REPLY,))}, notebook, retries=RetryPolicy(attempts=1)
            )
        ).complete(question())
        await Gateway(
            Equipment(
                build_catalogue(settings), {"simulated": Scripted((REPLY,))}, notebook, retries=RetryPolicy(attempts=1)
            )
        ).complete(question())

    run(call(), loop)
    assert [run.loop_lag_ms for run in notebook.runs] == [pytest.approx(300), 0]
