"""Where a run stands while it works: done, failed, speed, money, time left."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from evals.running.folder import RunState
from evals.runs import RunSummary
from pages.view_models import words
from pages.view_models.run_list import STATE_WORDS

WINDOW_SECONDS = 30.0
"""Speed is measured over the last so many seconds."""

PATIENCE_SECONDS = 30.0
"""How long a process may take to begin before the screen says that it did not."""

_SHORTEST_WINDOW = 1.5


class Asked(StrEnum):
    """What a person asked of a run, until it happens."""

    STOP = "stop"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class PendingAction:
    """Something asked of a run; ``at`` is a monotonic clock's time."""

    run_id: str
    asked: Asked
    at: float


@dataclass(frozen=True, slots=True)
class Stand:
    """What the screen says of a run.

    Attributes:
        state: What its folder says, except that a run asked to resume waits until its process is there.
        word: For people.
        live: Whether it moves by itself.
        pending: What was asked and has not happened yet.
    """

    state: RunState
    word: str
    live: bool
    pending: Asked | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """When a run is looked at.

    Attributes:
        now: A monotonic clock's time.
        age: Seconds since the run was made.
    """

    now: float
    age: float


def stand(run_id: str, state: RunState, pending: PendingAction | None, at: Moment) -> Stand:
    """A run's state together with what was just asked of it. One that never began does not wait forever."""
    asked = pending.asked if pending is not None and pending.run_id == run_id else None
    fresh = pending is not None and at.now - pending.at < PATIENCE_SECONDS
    if asked is Asked.RESUME and fresh and state not in (RunState.RUNNING, RunState.FINISHED):
        return Stand(RunState.WAITING, "Starting again", True, asked)
    if asked is Asked.STOP and state is RunState.RUNNING:
        return Stand(state, "Stopping", True, asked)
    if state is RunState.WAITING and at.age >= PATIENCE_SECONDS:
        return Stand(RunState.INTERRUPTED, STATE_WORDS[RunState.INTERRUPTED], False)
    return Stand(state, STATE_WORDS[state], state in (RunState.WAITING, RunState.RUNNING))


@dataclass(frozen=True, slots=True)
class Sample:
    """How much of a run was done at one moment of a monotonic clock."""

    run_id: str
    at: float
    done: int


def with_sample(samples: Sequence[Sample], newest: Sample) -> tuple[Sample, ...]:
    """The samples of the last seconds; those of another run, or from before a restart, are dropped."""
    kept = [
        sample
        for sample in samples
        if sample.run_id == newest.run_id and newest.at - sample.at <= WINDOW_SECONDS and sample.done <= newest.done
    ]
    return (*kept, newest)


@dataclass(frozen=True, slots=True)
class Failures:
    """What brought nothing to score.

    Attributes:
        of_programs: Judgements among them that no model made, so that nobody can be asked again.
    """

    answers: int = 0
    judgements: int = 0
    of_programs: int = 0


def failures_words(failures: Failures) -> str:
    """3 answers and 1 judgement failed, of those that can be asked again; nothing where there is none."""
    judgements = failures.judgements - failures.of_programs
    told = [
        words.plural(number, one) for number, one in ((failures.answers, "answer"), (judgements, "judgement")) if number
    ]
    return f"{' and '.join(told)} failed." if told else ""


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """The figures of a run under way.

    Attributes:
        done: Answers that need nothing more: judged, or failed.
        total: Answers to be made.
        per_minute: Answers a minute now; None until it can be told.
        seconds_left: At this speed; None while it is not known.
    """

    done: int
    total: int
    failures: Failures
    per_minute: float | None
    seconds_left: float | None
    cost: Decimal

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0


def answers_in_all(summary: RunSummary) -> int:
    """Answers a run makes when nothing fails; each takes two calls, its own and its judge's."""
    return summary.calls_planned // 2


def live_figures(summary: RunSummary, failures: Failures, samples: Sequence[Sample]) -> LiveFigures:
    """Figures from the store's counts and the samples taken since the page was opened."""
    done, total = summary.verdicts_done + failures.answers, answers_in_all(summary)
    per_second = _speed(samples)
    left = (total - done) / per_second if per_second else None
    return LiveFigures(done, total, failures, per_second * 60 if per_second else None, left, summary.cost)


def _speed(samples: Sequence[Sample]) -> float | None:
    if len(samples) < 2:
        return None
    first, last = samples[0], samples[-1]
    if last.at - first.at < _SHORTEST_WINDOW or last.done <= first.done:
        return None
    return (last.done - first.done) / (last.at - first.at)


def speed_words(per_minute: float | None) -> str:
    """240 / min."""
    return words.DASH if per_minute is None else f"{words.count(round(per_minute))} / min"


def time_left_words(seconds: float | None) -> str:
    """About how long, no more exact than it can be: 25 s, 3 min, 2 h 10 min."""
    if seconds is None:
        return words.DASH
    if seconds < 60:
        return f"{max(5, math.ceil(seconds / 5) * 5)} s"
    minutes = math.ceil(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"
