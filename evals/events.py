"""What a run tells while it works; the command line and the screens draw it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from evals.run_folder import RunState


@dataclass(slots=True)
class Progress:
    """Where a run stands.

    Attributes:
        cells: Answers to be made in all.
        answers, verdicts: Terminal lines so far, failed ones included; those of earlier sittings too.
        failed_answers, unscored: Of these, how many brought nothing to score.
        calls: Calls made in this sitting.
        cost: USD so far, as far as prices are known.
        unknown_costs: Calls whose cost is unknown.
    """

    cells: int
    answers: int = 0
    verdicts: int = 0
    failed_answers: int = 0
    unscored: int = 0
    calls: int = 0
    cost: Decimal = Decimal(0)
    unknown_costs: int = 0
    begun: float = field(default_factory=time.monotonic)
    done_before: int = 0

    @property
    def done(self) -> int:
        """Cells that need nothing more."""
        return self.verdicts + self.failed_answers

    def seconds_left(self) -> float | None:
        """An estimate from this sitting's speed; None before anything is done."""
        done_now = self.done - self.done_before
        if done_now <= 0:
            return None
        return (time.monotonic() - self.begun) / done_now * (self.cells - self.done)


@dataclass(frozen=True, slots=True)
class Advanced:
    """One more line is durable."""

    progress: Progress


@dataclass(frozen=True, slots=True)
class Paused:
    """The run waits for something a person can mend; ``reason`` is None when it goes on."""

    reason: str | None


@dataclass(frozen=True, slots=True)
class Ended:
    """The run's process is done with it."""

    state: RunState
    reason: str
    progress: Progress


RunEvent = Advanced | Paused | Ended
EventListener = Callable[[RunEvent], None]
