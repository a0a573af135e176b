"""What happened in the last minutes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from coaching_core.telemetry.rolling import RecentTimes, RollingTimes


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_no_time_at_all() -> None:
    assert RollingTimes().recent(300) == RecentTimes(0, 0, None)


def test_old_times_leave_the_window_and_memory() -> None:
    clock = Clock()
    times = RollingTimes(clock)
    for _ in range(400):
        times.record(0.5, ok=False)
        clock.now += 15
    assert times.recent(300).count == 19  # and the slot that has just begun
    assert times.recent(10**6).count <= 241
    clock.now += 301
    assert times.recent(300) == RecentTimes(0, 0, None)


def test_a_busy_slot_counts_all_and_keeps_a_fair_sample() -> None:
    times = RollingTimes(Clock())
    for number in range(50_000):
        times.record(number / 50_000, ok=number % 10 > 0)
    found = times.recent(60)
    assert (found.count, found.failed) == (50_000, 5_000)
    assert found.p95 is not None
    assert 0.9 < found.p95 < 0.99


def test_a_busy_slot_weighs_more_than_a_quiet_one() -> None:
    clock = Clock()
    times = RollingTimes(clock)
    for _ in range(10_000):
        times.record(0.001)
    clock.now += 15
    for _ in range(100):
        times.record(9.0)
    assert times.recent(60).p95 == 0.001


@given(some.lists(some.floats(0, 100), min_size=1, max_size=400))
def test_p95_is_one_of_the_times_with_at_most_a_twentieth_above(seconds: list[float]) -> None:
    times = RollingTimes(Clock())
    for each in seconds:
        times.record(each)
    p95 = times.recent(60).p95
    assert p95 in seconds
    assert sum(each > p95 for each in seconds) <= 0.05 * len(seconds) + 1e-9
