"""When an alert begins and ends: pure rules over what was measured. An alert that flaps is worse than none.

A value must be bad for a while before somebody is told, and good for a while before it is over; between the two
thresholds it is neither. So an alert is raised or ended at most once in each such while.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import Enum

from coaching_core.errors import ConflictError, InvalidInputError
from coaching_core.health.models import AlertState, Comparison, EventKind, Rule, Sample, Stage, Step

LONGEST_STEP_SECONDS = 60.0
"""Time between two looks counts up to here: nobody knows what a process that was away did not see."""

_LONGEST_NOTE = 500
_DAY = 86_400


def next_state(rule: Rule, state: AlertState, sample: Sample, now: datetime) -> Step:
    """Where a rule stands after one more look.

    Missing data, or fewer observations than the rule wants, change nothing but say so.
    """
    seen = replace(state, evaluated_at=now, count=sample.count)
    if sample.value is None or sample.count < rule.min_samples:
        return Step(replace(seen, no_data=sample.reason or _too_few(rule, sample)))
    side, before = _side(rule, sample.value), None if state.value is None else _side(rule, state.value)
    held = state.held_seconds + _seconds_since(state, now) if side is before else 0.0
    seen = replace(seen, value=sample.value, detail=sample.detail, no_data="", held_seconds=held)
    if side is _Side.BAD:
        return _bad(rule, seen, now)
    return _good(rule, seen, now) if side is _Side.GOOD else Step(seen)


def acknowledged(state: AlertState, by: str, note: str, now: datetime) -> AlertState:
    """The state after somebody said that they look after it.

    Raises:
        ConflictError: It is over, or somebody else was first.
        InvalidInputError: Nobody is named, or the note is too long.
    """
    if not by.strip():
        raise InvalidInputError("Say who looks after it.", "by")
    if len(note) > _LONGEST_NOTE:
        raise InvalidInputError(f"The note is longer than {_LONGEST_NOTE} characters.", "note")
    if state.stage is Stage.ACKNOWLEDGED:
        raise ConflictError(f"{state.acknowledged_by} looks after it already.")
    if state.stage is not Stage.FIRING:
        raise ConflictError("This alert is over; there is nothing to look after.")
    return replace(
        state,
        stage=Stage.ACKNOWLEDGED,
        acknowledged_by=by.strip(),
        acknowledged_at=now,
        acknowledged_note=note.strip(),
    )


def checked(rule: Rule) -> Rule:
    """The rule, when it makes sense.

    Raises:
        InvalidInputError: It does not; names the field.
    """
    if not 30 <= rule.window_seconds <= 31 * _DAY:
        raise InvalidInputError("The window is 30 seconds to 31 days.", "window_seconds")
    if not 0 <= rule.for_seconds <= _DAY:
        raise InvalidInputError("How long it must be bad is 0 seconds to a day.", "for_seconds")
    if not 15 <= rule.clear_for_seconds <= _DAY:
        raise InvalidInputError("How long it must be good again is 15 seconds to a day.", "clear_for_seconds")
    if rule.min_samples < 0:
        raise InvalidInputError("The least number of observations cannot be negative.", "min_samples")
    if rule.threshold < 0 or rule.threshold != rule.threshold:
        raise InvalidInputError("The threshold is 0 or more.", "threshold")
    clear, below = rule.clear_threshold, rule.comparison is Comparison.BELOW
    if clear is not None and (clear < rule.threshold if below else clear > rule.threshold):
        side = "below" if below else "above"
        raise InvalidInputError(f"Where it ends cannot lie {side} where it begins.", "clear_threshold")
    return rule


class _Side(Enum):
    BAD = 1
    BETWEEN = 2
    GOOD = 3


def _side(rule: Rule, value: float) -> _Side:
    if rule.is_bad(value):
        return _Side.BAD
    return _Side.GOOD if rule.is_good(value) else _Side.BETWEEN


def _bad(rule: Rule, state: AlertState, now: datetime) -> Step:
    if state.stage.is_raised:
        return Step(state)
    if state.held_seconds >= rule.for_seconds:
        return Step(_fresh(state, Stage.FIRING, now), EventKind.FIRING)
    return Step(state if state.stage is Stage.PENDING else _fresh(state, Stage.PENDING, now))


def _good(rule: Rule, state: AlertState, now: datetime) -> Step:
    if state.stage is Stage.OK or state.held_seconds < rule.clear_for_seconds:
        return Step(state)
    return Step(_fresh(state, Stage.OK, now), EventKind.RESOLVED if state.stage.is_raised else None)


def _fresh(state: AlertState, stage: Stage, now: datetime) -> AlertState:
    return replace(
        state,
        stage=stage,
        since=now,
        acknowledged_by=None,
        acknowledged_at=None,
        acknowledged_note="",
    )


def _seconds_since(state: AlertState, now: datetime) -> float:
    if state.evaluated_at is None:
        return 0.0
    return min(LONGEST_STEP_SECONDS, max(0.0, (now - state.evaluated_at).total_seconds()))


def _too_few(rule: Rule, sample: Sample) -> str:
    if not sample.count:
        return "Nothing was observed in the window."
    return f"{sample.count} of at least {rule.min_samples} observations in the window."
