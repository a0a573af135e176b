"""Retries, fallbacks and breakers as a caller of the gateway meets them (reliability 8-13, ledger L4)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from coaching_core.errors import (
    IncompleteReplyError,
    LimitReachedError,
    ModelCallError,
    ModelTimeoutError,
    ProviderDownError,
    ProviderPausedError,
    ProviderRejectedError,
    RateLimitedError,
    UnknownPriceError,
)
from coaching_core.llm.accounting import Reservation
from coaching_core.llm.assembly import build_catalogue
from coaching_core.llm.catalogue import Catalogue
from coaching_core.llm.equipment import CallLimits
from coaching_core.llm.gateway import Equipment, Gateway
from coaching_core.llm.resilience import Breakers, BreakerSettings, RetryPolicy
from coaching_core.llm.types import (
    Completion,
    CompletionRequest,
    ProviderReply,
    Purpose,
    Restart,
    RunStatus,
    TextDelta,
)
from coaching_core.settings import Settings
from tests.coaching_core.llm.asking import BOTH, Ask
from tests.coaching_core.llm.scripted import ANSWER, REPLY, STEADY, Hang, Notebook, Scripted, Step, question

OTHER = "simulated/coach-brief"
DOWN = ProviderDownError("The provider failed (500).", unbilled=True)


@dataclass
class Attempts:
    """Each attempt goes through the next script; after the last one, that one again."""

    scripts: deque[tuple[Step, ...]]
    asked: list[CompletionRequest] = field(default_factory=list)

    async def complete(self, request: CompletionRequest) -> ProviderReply:
        return await self._next(request).complete(request)

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[TextDelta | ProviderReply, None]:
        async for piece in self._next(request).stream(request):
            yield piece

    def _next(self, request: CompletionRequest) -> Scripted:
        self.asked.append(request)
        return Scripted(self.scripts.popleft() if len(self.scripts) > 1 else self.scripts[0])


def attempts(*scripts: tuple[Step, ...]) -> Attempts:
    return Attempts(deque(scripts))


class WithStandIn(Catalogue):
    """A catalogue in which one simulated coach stands in for the other."""

    def fallbacks(self, name: str, purpose: Purpose) -> tuple[str, ...]:
        return (OTHER,) if name == STEADY and purpose is Purpose.CHAT else ()


@dataclass
class Bench:
    """A gateway, what it waited, and what it recorded."""

    gateway: Gateway
    notebook: Notebook
    waits: list[float]


def bench(settings: Settings, provider: Any, stand_in: bool = False, **changes: Any) -> Bench:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    catalogue = build_catalogue(settings)
    if stand_in:
        catalogue.__class__ = WithStandIn
    notebook = changes.pop("notebook", None) or Notebook()
    equipment = Equipment(
        catalogue, {"simulated": provider}, notebook, sleep=sleep, draw=lambda low, high: high, **changes
    )
    return Bench(Gateway(equipment), notebook, waits)


@BOTH
def test_a_passing_failure_is_tried_again_and_every_attempt_has_its_record(settings: Settings, ask_for: Ask) -> None:
    provider = attempts((DOWN,), (RateLimitedError("429"),), (REPLY,))
    made = bench(settings, provider)
    *_, completion = asyncio.run(ask_for(made.gateway, question()))
    assert isinstance(completion, Completion)
    assert (completion.text, completion.attempts) == (ANSWER, 3)
    runs = made.notebook.runs
    assert [(run.status, run.attempt, run.final, run.error) for run in runs] == [
        (RunStatus.ERROR, 1, False, "ProviderDownError"),
        (RunStatus.ERROR, 2, False, "RateLimitedError"),
        (RunStatus.OK, 3, True, None),
    ]
    assert {run.call_id for run in runs} == {runs[0].id}
    assert len({run.id for run in runs}) == 3
    assert made.waits == [0.5, 1.0]
    assert [request.call_id for request in provider.asked] == [run.id for run in runs]


@BOTH
@pytest.mark.parametrize("seconds", [12.0, 0.25])
def test_the_wait_a_provider_asks_for_is_waited(settings: Settings, ask_for: Ask, seconds: float) -> None:
    made = bench(settings, attempts((RateLimitedError("429", seconds),), (REPLY,)))
    asyncio.run(ask_for(made.gateway, question()))
    assert made.waits == [seconds]
    assert len(made.notebook.runs) == 2


@BOTH
def test_a_wait_beyond_the_deadline_is_not_begun(settings: Settings, ask_for: Ask) -> None:
    made = bench(settings, attempts((RateLimitedError("429", 61.0),), (REPLY,)), limits=CallLimits(60, 30))
    with pytest.raises(RateLimitedError):
        asyncio.run(ask_for(made.gateway, question()))
    assert made.waits == []
    assert [run.final for run in made.notebook.runs] == [True]


@BOTH
def test_it_gives_up_after_so_many_attempts(settings: Settings, ask_for: Ask) -> None:
    made = bench(settings, attempts((DOWN,)), retries=RetryPolicy(attempts=3))
    with pytest.raises(ProviderDownError):
        asyncio.run(ask_for(made.gateway, question()))
    assert [run.final for run in made.notebook.runs] == [False, False, True]


@BOTH
def test_a_refused_request_is_sent_once(settings: Settings, ask_for: Ask) -> None:
    made = bench(settings, attempts((ProviderRejectedError("400"),), (REPLY,)))
    with pytest.raises(ProviderRejectedError):
        asyncio.run(ask_for(made.gateway, question()))
    assert made.notebook.only.final
    assert made.notebook.only.cost_usd == 0


@pytest.mark.parametrize(
    ("error", "cost", "held"),
    [
        (RateLimitedError("429"), Decimal(0), False),
        (DOWN, Decimal(0), False),
        (ProviderDownError("reset"), None, True),
        (ModelTimeoutError("late"), None, True),
        (IncompleteReplyError("cut"), None, True),
    ],
)
def test_what_nobody_knows_keeps_its_bound_and_what_is_not_billed_costs_nothing(
    settings: Settings, error: ModelCallError, cost: Decimal | None, held: bool
) -> None:
    made = bench(settings, attempts((error,)), retries=RetryPolicy(attempts=1))
    with pytest.raises(ModelCallError):
        asyncio.run(made.gateway.complete(question(max_tokens=100)))
    run = made.notebook.only
    assert run.cost_usd == cost
    reserved = made.notebook.reserved[0].run
    assert (run.held_usd, run.held_tokens) == ((reserved.held_usd, reserved.held_tokens) if held else (None, None))
    assert reserved.held_usd is not None
    assert reserved.held_usd > 0


def test_what_is_held_is_more_than_any_answer_can_cost(settings: Settings) -> None:
    made = bench(settings, attempts((REPLY,)))
    completion = asyncio.run(made.gateway.complete(question(max_tokens=30)))
    held = made.notebook.reserved[0].run
    assert completion.cost is not None
    assert held.held_usd is not None
    assert held.held_usd >= completion.cost
    assert held.held_tokens is not None
    assert held.held_tokens > 30
    assert made.notebook.only.held_usd is None


def test_the_length_of_an_answer_is_always_bounded(settings: Settings) -> None:
    provider = attempts((REPLY,))
    made = bench(settings, provider)
    asyncio.run(made.gateway.complete(question()))
    assert provider.asked[0].max_tokens == 4096


@BOTH
def test_another_model_answers_when_the_first_cannot(settings: Settings, ask_for: Ask) -> None:
    provider = attempts((DOWN,), (DOWN,), (REPLY,))
    made = bench(settings, provider, stand_in=True)
    *_, completion = asyncio.run(ask_for(made.gateway, question(fallback=True)))
    assert isinstance(completion, Completion)
    assert (completion.model, completion.asked, completion.fell_back) == (OTHER, STEADY, True)
    assert [request.model for request in provider.asked] == [STEADY, STEADY, OTHER]
    assert [run.asked_model for run in made.notebook.runs] == [None, None, STEADY]
    assert [run.final for run in made.notebook.runs] == [False, False, True]


@BOTH
def test_without_leave_no_other_model_ever_answers(settings: Settings, ask_for: Ask) -> None:
    provider = attempts((DOWN,))
    made = bench(settings, provider, stand_in=True)
    with pytest.raises(ProviderDownError):
        asyncio.run(ask_for(made.gateway, question()))
    assert {request.model for request in provider.asked} == {STEADY}


def test_a_long_wait_is_not_waited_while_another_model_can_answer(settings: Settings) -> None:
    made = bench(settings, attempts((RateLimitedError("429", 12.0),), (REPLY,)), stand_in=True)
    completion = asyncio.run(made.gateway.complete(question(fallback=True)))
    assert completion.model == OTHER
    assert made.waits == []


@BOTH
def test_nobody_waits_for_a_model_whose_breaker_has_just_opened(settings: Settings, ask_for: Ask) -> None:
    breakers = Breakers(BreakerSettings(failures=1))
    provider = attempts((DOWN,), (REPLY,))
    made = bench(settings, provider, stand_in=True, breakers=breakers)
    asyncio.run(ask_for(made.gateway, question(fallback=True)))
    assert ([request.model for request in provider.asked], made.waits) == ([STEADY, OTHER], [])


def test_a_refused_request_goes_to_the_other_model_at_once(settings: Settings) -> None:
    made = bench(settings, attempts((ProviderRejectedError("401"),), (REPLY,)), stand_in=True)
    assert asyncio.run(made.gateway.complete(question(fallback=True))).model == OTHER


async def streamed_events(gateway: Gateway, request: CompletionRequest) -> list[Any]:
    return [event async for event in gateway.stream(request)]


def test_a_stream_that_breaks_begins_anew_and_says_so(settings: Settings) -> None:
    broken = ("What wou", ProviderDownError("The connection broke."))
    made = bench(settings, attempts(broken, (ANSWER, REPLY)))
    events = asyncio.run(streamed_events(made.gateway, question()))
    assert events[:3] == [TextDelta("What wou"), Restart(STEADY, "The connection broke."), TextDelta(ANSWER)]
    assert isinstance(events[3], Completion)
    assert len(events) == 4


def test_a_stream_that_failed_before_its_first_piece_needs_no_restart(settings: Settings) -> None:
    made = bench(settings, attempts((DOWN,), (ANSWER, REPLY)))
    events = asyncio.run(streamed_events(made.gateway, question()))
    assert [type(event) for event in events] == [TextDelta, Completion]


def test_a_restart_names_the_model_that_stands_in(settings: Settings) -> None:
    made = bench(settings, attempts(("Wh", DOWN), ("Wh", DOWN), (ANSWER, REPLY)), stand_in=True)
    events = asyncio.run(streamed_events(made.gateway, question(fallback=True)))
    assert [event.model for event in events if isinstance(event, Restart)] == [STEADY, OTHER]


def test_a_stream_that_drips_beyond_its_deadline_ends(settings: Settings) -> None:
    class Dripping(Scripted):
        async def stream(self, request: CompletionRequest) -> AsyncGenerator[TextDelta | ProviderReply, None]:
            self.asked.append(request)
            while True:
                await asyncio.sleep(0.005)
                yield TextDelta(".")

    made = bench(settings, Dripping(), retries=RetryPolicy(attempts=1))
    with pytest.raises(ModelTimeoutError):
        asyncio.run(streamed_events(made.gateway, question(timeout_seconds=0.05)))
    assert made.notebook.only.status is RunStatus.TIMEOUT


def test_one_attempt_takes_no_longer_than_its_share_of_the_time(settings: Settings) -> None:
    provider = attempts((Hang(),), (REPLY,))
    made = bench(settings, provider, limits=CallLimits(deadline=60, attempt=0.01))
    completion = asyncio.run(made.gateway.complete(question()))
    assert completion.attempts == 2
    assert [run.status for run in made.notebook.runs] == [RunStatus.TIMEOUT, RunStatus.OK]


def test_what_a_caller_felt_contains_the_attempts_before(settings: Settings) -> None:
    made = bench(settings, attempts((Hang(),), (REPLY,)), limits=CallLimits(deadline=60, attempt=0.05))
    completion = asyncio.run(made.gateway.complete(question()))
    lost, answered = made.notebook.runs
    assert completion.latency_ms >= answered.waited_ms >= lost.latency_ms > 0
    assert completion.latency_ms == answered.waited_ms + answered.latency_ms


def test_an_open_breaker_sends_nothing_and_the_other_model_answers(settings: Settings) -> None:
    async def go() -> list[str]:
        return [(await made.gateway.complete(question(fallback=True))).model for _ in range(20)]

    class SickSteady(Scripted):
        async def complete(self, request: CompletionRequest) -> ProviderReply:
            self.asked.append(request)
            if request.model == STEADY:
                raise DOWN
            return REPLY

    provider = SickSteady()
    made = bench(settings, provider, stand_in=True, breakers=Breakers(BreakerSettings(failures=5)))
    assert set(asyncio.run(go())) == {OTHER}
    assert sum(request.model == STEADY for request in provider.asked) == 5
    assert sum(run.status is RunStatus.ERROR for run in made.notebook.runs) == 5


def test_without_another_model_a_call_waits_for_the_breaker_or_is_refused(settings: Settings) -> None:
    breakers = Breakers(BreakerSettings(failures=1, pause_seconds=1000))
    made = bench(settings, attempts((DOWN,)), retries=RetryPolicy(attempts=1), breakers=breakers)
    with pytest.raises(ProviderDownError):
        asyncio.run(made.gateway.complete(question()))
    with pytest.raises(ProviderPausedError):
        asyncio.run(made.gateway.complete(question()))
    refused = made.notebook.runs[-1]
    assert (refused.status, refused.error, refused.cost_usd) == (RunStatus.REFUSED, "ProviderPausedError", 0)


def test_a_paused_model_is_asked_again_once_its_pause_is_over(settings: Settings) -> None:
    clock = [0.0]
    breakers = Breakers(BreakerSettings(failures=1, pause_seconds=5), lambda: clock[0])
    made = bench(settings, attempts((DOWN,), (REPLY,)), breakers=breakers)

    async def sleep(seconds: float) -> None:
        made.waits.append(seconds)
        clock[0] += seconds

    object.__setattr__(made.gateway._equipment, "sleep", sleep)
    completion = asyncio.run(made.gateway.complete(question()))
    assert completion.attempts == 2
    assert made.waits == [0.5, 5.0]  # the retry's own wait, then what was left of the pause, with its jitter


@dataclass
class Strict(Notebook):
    """A ledger with no room for the first model."""

    full_for: str = STEADY

    async def reserve(self, reservation: Reservation) -> None:
        if reservation.run.model == self.full_for:
            raise LimitReachedError("The limit “May” has no room.", "may", 60.0, "2026-12-01T00:00:00+00:00")
        await super().reserve(reservation)


def test_a_limit_refuses_before_anything_is_sent(settings: Settings) -> None:
    provider = attempts((REPLY,))
    made = bench(settings, provider, notebook=Strict())
    with pytest.raises(LimitReachedError):
        asyncio.run(made.gateway.complete(question()))
    assert provider.asked == []
    run = made.notebook.only
    assert (run.status, run.final, run.cost_usd, run.held_usd) == (RunStatus.REFUSED, True, 0, None)


def test_a_budget_sends_the_call_to_the_other_model(settings: Settings) -> None:
    made = bench(settings, attempts((REPLY,)), stand_in=True, notebook=Strict())
    completion = asyncio.run(made.gateway.complete(question(fallback=True)))
    assert completion.model == OTHER
    assert made.notebook.only.asked_model == STEADY


def test_the_first_refusal_is_told_when_nobody_can_stand_in(settings: Settings) -> None:
    class Full(Notebook):
        async def reserve(self, reservation: Reservation) -> None:
            if reservation.run.model == STEADY:
                raise LimitReachedError("The limit “May” has no room.", "may", 60.0, None)
            raise UnknownPriceError("no price")

    made = bench(settings, attempts((REPLY,)), stand_in=True, notebook=Full())
    with pytest.raises(LimitReachedError, match="May"):
        asyncio.run(made.gateway.complete(question(fallback=True)))


def test_a_cancelled_call_is_neither_tried_again_nor_held_against_the_model(settings: Settings) -> None:
    provider = Scripted((Hang(),))
    made = bench(settings, provider, breakers=Breakers(BreakerSettings(failures=1)))

    async def cancel() -> None:
        task = asyncio.create_task(made.gateway.complete(question()))
        await provider.hanging.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert made.notebook.only.status is RunStatus.CANCELLED
    assert len(provider.asked) == 1
    assert made.gateway.breakers()[0].opened == 0


def test_who_listens_hears_every_record_and_harms_nobody(settings: Settings) -> None:
    heard: list[str] = []

    def deaf(_: object) -> None:
        raise ValueError("not listening")

    made = bench(settings, attempts((DOWN,), (REPLY,)), listeners=(deaf, lambda run: heard.append(run.status)))
    asyncio.run(made.gateway.complete(question()))
    assert heard == [RunStatus.ERROR, RunStatus.OK]
