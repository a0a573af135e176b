"""When alerts begin and end, and that they never flap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from coaching_core.errors import ConflictError, InvalidInputError
from coaching_core.health.models import AlertState, Comparison, EventKind, Measure, Rule, Sample, Stage
from coaching_core.health.rules import LONGEST_STEP_SECONDS, acknowledged, checked, next_state

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RULE = Rule("turn", "Slow turns", Measure.CHAT_TURN_P95, 2.5, for_seconds=60, clear_for_seconds=60, clear_threshold=2.0)


def watch(
    values: Sequence[float | None], rule: Rule = RULE, step: float = 15.0
) -> list[tuple[Stage, EventKind | None]]:
    """Look at a series of values, one look each ``step`` seconds; None is a look without data."""
    state, seen = AlertState(rule.id), []
    for number, value in enumerate(values):
        at = NOW + timedelta(seconds=number * step)
        result = next_state(rule, state, Sample(value, 0 if value is None else 100), at)
        state = result.state
        seen.append((state.stage, result.event))
    return seen


def test_it_fires_after_being_bad_for_long_enough_and_ends_after_being_good() -> None:
    stages = [stage for stage, _ in watch([1, 3, 3, 3, 3, 3, 1, 1, 1, 1, 1, 1])]
    assert stages == [Stage.OK, *[Stage.PENDING] * 4, *[Stage.FIRING] * 5, Stage.OK, Stage.OK]
    events = [event for _, event in watch([1, 3, 3, 3, 3, 3, 1, 1, 1, 1, 1, 1]) if event]
    assert events == [EventKind.FIRING, EventKind.RESOLVED]


def test_one_good_look_in_between_begins_the_count_anew() -> None:
    assert all(event is None for _, event in watch([3, 3, 3, 3, 1, 3, 3, 3, 3, 2.2, 3, 3, 3, 3]))


def test_between_the_thresholds_nothing_ends() -> None:
    assert watch([3] * 5 + [2.2] * 50)[-1] == (Stage.FIRING, None)
    assert watch([3] * 5 + [2.0] * 5)[-1] == (Stage.OK, EventKind.RESOLVED)


def test_at_once_means_at_the_first_bad_look() -> None:
    rule = replace(RULE, for_seconds=0, comparison=Comparison.AT_LEAST, threshold=10, clear_threshold=None)
    assert watch([9, 10], rule) == [(Stage.OK, None), (Stage.FIRING, EventKind.FIRING)]


def test_a_rule_may_look_for_too_little() -> None:
    rule = replace(RULE, comparison=Comparison.BELOW, threshold=0.99, clear_threshold=0.995)
    assert watch([0.98] * 5, rule)[-1] == (Stage.FIRING, EventKind.FIRING)
    assert watch([0.98] * 5 + [0.992] * 9, rule)[-1] == (Stage.FIRING, None)
    assert watch([0.98] * 5 + [0.995] * 5, rule)[-1] == (Stage.OK, EventKind.RESOLVED)


@pytest.mark.parametrize("before", [[1], [3, 3], [3] * 5])
def test_without_data_everything_stays_and_the_reason_is_told(before: list[float]) -> None:
    state = AlertState("turn")
    for number, value in enumerate(before):
        state = next_state(RULE, state, Sample(value, 100), NOW + timedelta(seconds=15 * number)).state
    later = NOW + timedelta(hours=9)
    result = next_state(RULE, state, Sample(None, reason="No calls."), later)
    assert (result.state.stage, result.state.value, result.event) == (state.stage, state.value, None)
    assert (result.state.no_data, result.state.evaluated_at) == ("No calls.", later)
    few = next_state(RULE, state, Sample(9.9, 19), later)
    assert (few.state.stage, few.event, few.state.no_data) == (
        state.stage,
        None,
        "19 of at least 20 observations in the window.",
    )


def test_time_that_nobody_saw_does_not_count() -> None:
    first = next_state(RULE, AlertState("turn"), Sample(3, 100), NOW).state
    rule = replace(RULE, for_seconds=600)
    after_a_night = next_state(rule, first, Sample(3, 100), NOW + timedelta(hours=9))
    assert after_a_night.state.stage is Stage.PENDING
    assert after_a_night.state.held_seconds == LONGEST_STEP_SECONDS
    quiet = next_state(rule, first, Sample(None), NOW + timedelta(minutes=9)).state
    again = next_state(rule, quiet, Sample(3, 100), NOW + timedelta(minutes=9, seconds=15))
    assert again.state.held_seconds == 15


def test_a_clock_that_jumps_back_does_no_harm() -> None:
    first = next_state(RULE, AlertState("turn"), Sample(3, 100), NOW).state
    assert next_state(RULE, first, Sample(3, 100), NOW - timedelta(hours=1)).state.held_seconds == 0


_VALUES = some.lists(some.none() | some.floats(0, 5, allow_nan=False), max_size=150)


@given(_VALUES, some.integers(0, 8), some.integers(1, 8))
def test_it_is_raised_or_ended_at_most_once_in_each_hold_time(
    values: list[float | None], hold: int, clear: int
) -> None:
    rule = replace(RULE, for_seconds=hold * 15, clear_for_seconds=clear * 15)
    events = [(number, event) for number, (_, event) in enumerate(watch(values, rule)) if event]
    kinds = [event for _, event in events]
    assert kinds == [EventKind.FIRING, EventKind.RESOLVED] * (len(kinds) // 2) + [EventKind.FIRING] * (len(kinds) % 2)
    for (one, _), (two, event) in pairwise(events):
        assert two - one >= (clear if event is EventKind.RESOLVED else max(hold, 1))


@given(_VALUES)
def test_a_value_that_swings_around_one_threshold_changes_nothing_twice(noise: list[float | None]) -> None:
    swinging = [2.1 if number % 2 else 2.6 for number, _ in enumerate(noise)]
    assert [event for _, event in watch(swinging) if event] == []
    raised = [3.0] * 5 + swinging
    assert [event for _, event in watch(raised) if event] == [EventKind.FIRING]


@given(_VALUES)
def test_firing_needs_bad_values_for_the_whole_time(values: list[float | None]) -> None:
    for number, (_, event) in enumerate(watch(values)):
        if event is EventKind.FIRING:
            seen = [value for value in values[: number + 1] if value is not None]
            assert all(value > 2.5 for value in seen[-5:])


def test_somebody_looks_after_it_until_it_ends() -> None:
    state = AlertState("turn")
    for number in range(5):
        state = next_state(RULE, state, Sample(3, 100), NOW + timedelta(seconds=15 * number)).state
    looked = acknowledged(state, " Ada ", " asked the vendor ", NOW)
    assert (looked.stage, looked.acknowledged_by, looked.acknowledged_note) == (
        Stage.ACKNOWLEDGED,
        "Ada",
        "asked the vendor",
    )
    still = next_state(RULE, looked, Sample(3, 100), NOW + timedelta(seconds=75))
    assert (still.state.stage, still.event) == (Stage.ACKNOWLEDGED, None)
    with pytest.raises(ConflictError, match="Ada looks after it"):
        acknowledged(looked, "Ben", "", NOW)
    state = still.state
    for number in range(6, 12):
        state = next_state(RULE, state, Sample(1, 100), NOW + timedelta(seconds=15 * number)).state
    assert (state.stage, state.acknowledged_by) == (Stage.OK, None)
    with pytest.raises(ConflictError, match="over"):
        acknowledged(state, "Ben", "", NOW)
    with pytest.raises(InvalidInputError, match="who"):
        acknowledged(looked, " ", "", NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"window_seconds": 5}, "window_seconds"),
        ({"for_seconds": -1}, "for_seconds"),
        ({"clear_for_seconds": 0}, "clear_for_seconds"),
        ({"min_samples": -1}, "min_samples"),
        ({"threshold": float("nan")}, "threshold"),
        ({"clear_threshold": 2.6}, "clear_threshold"),
        ({"comparison": Comparison.BELOW, "clear_threshold": 2.4}, "clear_threshold"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        checked(replace(RULE, **changes))  # type: ignore[arg-type]
    assert refused.value.field == field
    assert checked(RULE) == RULE
