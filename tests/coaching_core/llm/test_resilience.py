"""When to try again, how long to wait, and the breaker's states (reliability 8-11)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching_core.errors import (
    IncompleteReplyError,
    MissingKeyError,
    ModelTimeoutError,
    ProviderDownError,
    ProviderPausedError,
    ProviderRejectedError,
    RateLimitedError,
)
from coaching_core.llm.resilience import (
    Breaker,
    Breakers,
    BreakerSettings,
    BreakerState,
    RetryPolicy,
    is_passing,
)

DOWN = ProviderDownError("500")
RULES = BreakerSettings(failures=3, least_calls=6, window_seconds=10, pause_seconds=5, longest_pause_seconds=15)


@dataclass
class Watch:
    """A monotonic clock that stands still until it is moved."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def make_breaker(watch: Watch, **changes: object) -> Breaker:
    return Breaker("openai/gpt-4o", replace(RULES, **changes), watch)  # type: ignore[arg-type]


def fail(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        breaker.failed(breaker.admit(), DOWN)


def admitted(breaker: Breaker, callers: int) -> list[int]:
    """The generations of those callers who were let through."""
    through = []
    for _ in range(callers):
        try:
            through.append(breaker.admit())
        except ProviderPausedError:
            continue
    return through


@given(st.integers(0, 40), st.floats(0, 1))
def test_without_a_word_of_the_provider_the_wait_is_full_jitter(retry: int, luck: float) -> None:
    edges: list[tuple[float, float]] = []

    def draw(low: float, high: float) -> float:
        edges.append((low, high))
        return low + luck * (high - low)

    wait = RetryPolicy().wait(RateLimitedError("429"), retry, draw)
    assert edges == [(0.0, min(30.0, 0.5 * 2**retry))]
    assert 0 <= wait <= 30


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RateLimitedError("429", 12.0), 12.0),
        (RateLimitedError("429", 0.0), 0.0),
        (ProviderDownError("503", retry_after=7.5), 7.5),
        (RateLimitedError("429", -3.0), 0.0),
    ],
)
def test_the_wait_the_provider_asks_for_is_kept(error: Exception, expected: float) -> None:
    assert RetryPolicy().wait(error, 5) == expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RateLimitedError("429"), True),
        (ModelTimeoutError("late"), True),
        (DOWN, True),
        (IncompleteReplyError("cut"), True),
        (ProviderRejectedError("400"), False),
        (MissingKeyError("no key"), False),
        (ValueError("a bug"), False),
    ],
)
def test_only_what_passes_is_tried_again(error: Exception, expected: bool) -> None:
    assert is_passing(error) is expected


def test_a_burst_of_failures_opens_it_at_the_threshold_and_nothing_goes_through() -> None:
    watch = Watch()
    breaker = make_breaker(watch)
    fail(breaker, 2)
    assert breaker.report().state is BreakerState.CLOSED
    fail(breaker)
    assert breaker.report().state is BreakerState.OPEN
    assert breaker.report().retry_in == 5
    assert breaker.report().opened == 1
    watch.now += 4.99
    assert admitted(breaker, 100) == []


def test_while_open_it_says_when_it_is_tried_again() -> None:
    watch = Watch()
    breaker = make_breaker(watch)
    fail(breaker, 3)
    watch.now += 2
    with pytest.raises(ProviderPausedError, match=r"openai/gpt-4o .* in 3 s") as paused:
        breaker.admit()
    assert paused.value.retry_after == 3


def test_a_success_in_between_starts_the_count_anew() -> None:
    breaker = make_breaker(Watch(), least_calls=1000)
    for _ in range(4):
        fail(breaker, 2)
        breaker.succeeded(breaker.admit())
        breaker.succeeded(breaker.admit())
        breaker.succeeded(breaker.admit())
    assert breaker.report().state is BreakerState.CLOSED


def test_half_of_enough_calls_failing_opens_it_though_never_in_a_row() -> None:
    breaker = make_breaker(Watch())
    for _ in range(2):
        fail(breaker)
        breaker.succeeded(breaker.admit())
    fail(breaker)
    assert breaker.report().state is BreakerState.CLOSED  # five calls are too few to tell
    breaker.succeeded(breaker.admit())
    fail(breaker)
    assert breaker.report().state is BreakerState.OPEN


def test_failures_of_long_ago_do_not_count_for_the_share() -> None:
    watch = Watch()
    breaker = make_breaker(watch, failures=100)
    fail(breaker, 5)
    watch.now += 10.1
    for _ in range(5):
        breaker.succeeded(breaker.admit())
    fail(breaker)
    assert breaker.report().state is BreakerState.CLOSED


@pytest.mark.parametrize("error", [RateLimitedError("429"), ProviderRejectedError("400")])
def test_a_refusal_tells_nothing_of_the_models_health(error: Exception) -> None:
    breaker = make_breaker(Watch())
    for _ in range(50):
        breaker.failed(breaker.admit(), error)
    assert breaker.report().state is BreakerState.CLOSED


def test_a_hundred_calls_at_once_while_half_open_get_the_allowed_probes() -> None:
    watch = Watch()
    breaker = make_breaker(watch)
    fail(breaker, 3)
    watch.now += 5
    probes = admitted(breaker, 100)
    assert len(probes) == 2
    assert breaker.report().state is BreakerState.HALF_OPEN
    breaker.succeeded(probes[0])
    assert admitted(breaker, 100) == []
    breaker.succeeded(probes[1])
    assert breaker.report().state is BreakerState.CLOSED
    assert len(admitted(breaker, 100)) == 100


def test_a_failed_probe_opens_it_for_twice_as_long_up_to_the_longest() -> None:
    watch = Watch()
    breaker = make_breaker(watch)
    fail(breaker, 3)
    for expected in (10, 15, 15):
        watch.now += breaker.report().retry_in or 0
        fail(breaker)
        assert breaker.report().retry_in == expected


def test_after_a_recovery_the_pause_is_short_again() -> None:
    watch = Watch()
    breaker = make_breaker(watch)
    fail(breaker, 3)
    watch.now += 5
    fail(breaker)
    watch.now += 10
    for generation in admitted(breaker, 2):
        breaker.succeeded(generation)
    fail(breaker, 3)
    assert breaker.report().retry_in == 5


def test_a_probe_that_was_cancelled_gives_its_place_back() -> None:
    watch = Watch()
    breaker = make_breaker(watch)
    fail(breaker, 3)
    watch.now += 5
    for generation in admitted(breaker, 2):
        breaker.left(generation)
    assert len(admitted(breaker, 5)) == 2


def test_calls_from_before_the_opening_tell_nothing_about_now() -> None:
    watch = Watch()
    breaker = make_breaker(watch)
    old = [breaker.admit() for _ in range(10)]
    fail(breaker, 3)
    watch.now += 5
    probes = admitted(breaker, 10)
    for generation in old[:5]:
        breaker.succeeded(generation)
    for generation in old[5:]:
        breaker.failed(generation, DOWN)
    assert breaker.report().state is BreakerState.HALF_OPEN
    for generation in probes:
        breaker.succeeded(generation)
    assert breaker.report().state is BreakerState.CLOSED


@given(st.lists(st.sampled_from(["fail", "succeed", "leave", "wait"]), max_size=200))
def test_whatever_happens_no_more_than_the_probes_are_under_way_while_it_is_not_closed(steps: list[str]) -> None:
    watch = Watch()
    breaker = make_breaker(watch)
    under_way: list[int] = []
    for step in steps:
        under_way += admitted(breaker, 5)
        generation = under_way.pop(0) if under_way else None
        if step == "wait":
            watch.now += 3
        elif generation is not None and step == "fail":
            breaker.failed(generation, DOWN)
        elif generation is not None and step == "succeed":
            breaker.succeeded(generation)
        elif generation is not None:
            breaker.left(generation)
        if breaker.report().state is BreakerState.OPEN:
            assert admitted(breaker, 5) == [] or (breaker.report().state is BreakerState.HALF_OPEN)
            under_way.clear()


def test_every_model_has_a_breaker_of_its_own() -> None:
    breakers = Breakers(RULES, Watch())
    fail(breakers.of("b/two"), 3)
    assert breakers.of("a/one").admit() == 0
    assert breakers.of("b/two") is breakers.of("b/two")
    assert [(report.model, report.state) for report in breakers.reports()] == [
        ("a/one", BreakerState.CLOSED),
        ("b/two", BreakerState.OPEN),
    ]
