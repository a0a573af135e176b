"""The pace of a run: fewer calls at once after a 429, more again later, for each provider by itself; none is leaked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching_core.errors import (
    ModelCallError,
    ModelTimeoutError,
    ProviderDownError,
    ProviderPausedError,
    ProviderRejectedError,
    RateLimitedError,
)
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.types import CallContext, Completion, CompletionRequest, Message, Purpose, RunStatus, Usage
from evals.running.pacing import MOST_ROUNDS, Pace, PacedGateway
from tests.evals.making import NOW

MODEL, OTHER = "openai/gpt-4.1-mini", "anthropic/claude-haiku-4-5"
STEPS = st.sampled_from(("enter", "leave", "answered", "refused", "give up"))


def ask(model: str = MODEL) -> CompletionRequest:
    return CompletionRequest(model, (Message("user", "?"),), CallContext("t", Purpose.EVALUATION))


def ended(status: RunStatus, error: str | None = None, model: str = MODEL, attempt: int = 1) -> PromptRun:
    provider = model.partition("/")[0]
    known = {"purpose": Purpose.EVALUATION, "provider": provider, "simulated": False, "latency_ms": 1.0}
    return PromptRun("id", "t", model=model, status=status, created_at=NOW, error=error, attempt=attempt, **known)  # type: ignore[arg-type]


REFUSED = ended(RunStatus.ERROR, "RateLimitedError")


@given(st.integers(1, 40), st.lists(STEPS, max_size=300))
def test_whatever_happens_places_are_neither_leaked_nor_invented(most: int, steps: list[str]) -> None:
    async def play() -> None:
        pace, waiting, inside = Pace(most), list[asyncio.Task[None]](), 0
        for step in steps:
            if step == "enter":
                waiting.append(asyncio.create_task(pace.enter()))
            elif step == "leave" and inside:
                inside -= 1
                pace.leave()
            elif step == "answered":
                pace.answered()
            elif step == "refused":
                pace.refused()
            elif step == "give up" and waiting:
                waiting.pop(len(waiting) // 2).cancel()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            inside += sum(task.done() for task in waiting)
            waiting = [task for task in waiting if not task.done()]
            assert 1 <= pace.limit <= most
            assert pace.under_way == inside <= most
            assert not waiting or inside >= pace.limit
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        for _ in range(inside):
            pace.leave()
        assert pace.under_way == 0

    asyncio.run(play())


def test_one_that_gives_up_at_the_very_moment_it_gets_its_place_leaves_it_to_the_next() -> None:
    async def play() -> None:
        pace = Pace(1)
        await pace.enter()
        first, second = asyncio.create_task(pace.enter()), asyncio.create_task(pace.enter())
        await asyncio.sleep(0)
        pace.leave()  # the first has its place now, but has not run yet
        first.cancel()
        await asyncio.wait([first, second])
        assert first.cancelled()
        assert second.done()
        assert not second.cancelled()
        assert pace.under_way == 1

    asyncio.run(play())


def test_those_who_wait_longest_go_first() -> None:
    async def play() -> list[int]:
        pace, order = Pace(1), list[int]()

        async def call(number: int) -> None:
            await pace.enter()
            order.append(number)
            pace.leave()

        await asyncio.gather(*(call(number) for number in range(5)))
        return order

    assert asyncio.run(play()) == [0, 1, 2, 3, 4]


def filled(most: int) -> Pace:
    async def fill() -> Pace:
        pace = Pace(most)
        for _ in range(most):
            await pace.enter()
        return pace

    return asyncio.run(fill())


@given(st.integers(2, 200), st.integers(1, 200))
def test_one_burst_of_refusals_halves_once(most: int, refusals: int) -> None:
    pace = filled(most)
    for _ in range(min(refusals, most)):
        pace.refused()
    assert pace.limit == max(1, most // 2)


def test_a_refusal_after_the_burst_halves_again() -> None:
    pace = filled(64)
    pace.refused()
    for _ in range(64):
        pace.answered()
    before = pace.limit
    assert 32 <= before < 40
    pace.refused()
    assert pace.limit == before // 2


def test_a_round_of_answers_adds_one() -> None:
    pace = filled(100)
    pace.refused()
    for _ in range(50):
        pace.answered()
    assert pace.limit in (50, 51)
    for _ in range(51):
        pace.answered()
    assert pace.limit in (51, 52)


@given(st.integers(1, 500))
def test_what_was_cut_to_the_ground_recovers_within_forty_rounds(most: int) -> None:
    pace = filled(most)
    for _ in range(20 * most):
        pace.refused()
    assert pace.limit == 1
    rounds = 0
    while pace.limit < most:
        for _ in range(pace.limit):
            pace.answered()
        rounds += 1
        assert rounds <= 40
    pace.answered()
    assert pace.limit == most


@dataclass
class Provider:
    """A gateway that fails as it is told, and notes who had a place meanwhile."""

    fails: Callable[[int], ModelCallError | None]
    asked: int = 0
    waits: list[float] = field(default_factory=list)
    paced: PacedGateway = field(init=False)

    def __post_init__(self) -> None:
        self.paced = PacedGateway(self, 4, self.sleep)

    async def complete(self, request: CompletionRequest) -> Completion:
        number, self.asked = self.asked, self.asked + 1
        await asyncio.sleep(0)
        if error := self.fails(number):
            self.paced.heard(ended(RunStatus.ERROR, type(error).__name__, request.model))
            raise error
        self.paced.heard(ended(RunStatus.OK, model=request.model))
        return Completion("Hm.", "stop", Usage(1, 1), request.model, 1.0, None, None, False, f"{number}")

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        assert self.paced.pace(MODEL).under_way == 0, "a call that waits holds no place"


def test_providers_do_not_slow_each_other_down() -> None:
    paced = Provider(lambda _: None).paced
    paced.heard(REFUSED)
    assert (paced.pace(MODEL).limit, paced.pace("openai/gpt-4.1").limit, paced.pace(OTHER).limit) == (2, 2, 4)
    paced.heard(ended(RunStatus.ERROR, "ProviderDownError", OTHER))
    assert paced.pace(OTHER).limit == 4


def test_a_kept_answer_says_nothing_about_the_provider() -> None:
    paced = Provider(lambda _: None).paced
    paced.heard(REFUSED)
    for _ in range(50):
        paced.heard(ended(RunStatus.OK, attempt=0))
    assert paced.pace(MODEL).limit == 2


def test_a_call_that_was_refused_queues_again_after_the_time_the_provider_asked_for() -> None:
    provider = Provider(lambda number: RateLimitedError("Slow down.", 12.0) if number < 3 else None)
    assert asyncio.run(provider.paced.complete(ask())).text == "Hm."
    assert (provider.asked, provider.waits) == (4, [12.0, 12.0, 12.0])


def test_a_quota_that_is_used_up_is_not_asked_for_ever() -> None:
    provider = Provider(lambda _: RateLimitedError("Quota exceeded."))
    with pytest.raises(RateLimitedError):
        asyncio.run(provider.paced.complete(ask()))
    assert provider.asked == 17
    with pytest.raises(RateLimitedError):
        asyncio.run(provider.paced.complete(ask()))
    assert provider.asked == 18


def test_one_question_that_is_always_refused_while_others_are_answered_comes_to_an_end() -> None:
    provider = Provider(lambda _: RateLimitedError("Slow down."))

    async def beside_others() -> None:
        call = asyncio.ensure_future(provider.paced.complete(ask()))
        while not call.done():
            provider.paced.pace(MODEL).answered()
            await asyncio.sleep(0)
        with pytest.raises(RateLimitedError):
            await call

    asyncio.run(beside_others())
    assert provider.asked == MOST_ROUNDS


@pytest.mark.parametrize(
    ("error", "asked"),
    [
        (ProviderDownError("Down."), 3),
        (ProviderPausedError("In peace.", 60.0), 10),
        (RateLimitedError("Tomorrow.", 3600.0), 1),
        (ProviderRejectedError("No."), 1),
        (ModelTimeoutError("Late."), 1),
    ],
)
def test_how_often_a_failure_is_met_again(error: ModelCallError, asked: int) -> None:
    provider = Provider(lambda _: error)
    with pytest.raises(type(error)):
        asyncio.run(provider.paced.complete(ask()))
    assert provider.asked == asked
    assert provider.waits == [getattr(error, "retry_after", None) or 0.0] * (asked - 1)
    assert provider.paced.pace(MODEL).under_way == 0


def test_a_call_that_is_cancelled_while_it_waits_gives_its_place_free() -> None:
    async def play() -> int:
        held = asyncio.Event()

        class Held(Provider):
            async def complete(self, request: CompletionRequest) -> Completion:
                await held.wait()
                raise AssertionError

        provider = Held(lambda _: None)
        calls = [asyncio.create_task(provider.paced.complete(ask())) for _ in range(10)]
        await asyncio.sleep(0)
        assert provider.paced.pace(MODEL).under_way == 4
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        return provider.paced.pace(MODEL).under_way

    assert asyncio.run(play()) == 0
