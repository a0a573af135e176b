"""What a run tells while it works; the command line and the screens draw it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from coaching_core.llm.accounting import PromptRun
from evals.running.folder import RunState


@dataclass(slots=True)
class Progress:
    """Where a run stands.

    Attributes:
        cells: Answers to be made in all.
        done: Cells that need nothing more; ``done_before``: those of earlier sittings.
        answers, verdicts: Terminal lines so far, failed ones included; those of earlier sittings too.
        failed_answers, unscored: Of these, how many brought nothing.
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
    done: int = 0
    done_before: int = 0

    def count_answer(self, failed: bool) -> None:
        """One more answer is durable."""
        self.answers += 1
        self.failed_answers += failed

    def count_verdict(self, unscored: bool) -> None:
        """One more judgement is durable."""
        self.verdicts += 1
        self.unscored += unscored

    def uncount(self, answer: bool) -> None:
        """A failed answer, or else a failed judgement, is about to be counted anew."""
        if answer:
            self.answers -= 1
            self.failed_answers -= 1
        else:
            self.verdicts -= 1
            self.unscored -= 1

    def count_money(self, runs: Iterable[PromptRun]) -> None:
        """What calls cost."""
        for run in runs:
            if run.cost_usd is None:
                self.unknown_costs += 1
            else:
                self.cost += run.cost_usd

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
