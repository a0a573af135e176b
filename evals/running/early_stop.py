"""Lets a run end before its last item, and remembers across sittings that it has (ledger E6)."""

from __future__ import annotations

from evals.judges.panel import combined
from evals.plan import Cell, RunPlan
from evals.running.done import Done
from evals.stopping.sequential import Decision, Watch


class EarlyStop:
    """What a runner asks about stopping early; a run that does not stop early never hears anything of it.

    Attributes:
        decision: Why the run stopped early; None while it has not.
    """

    def __init__(self, plan: RunPlan) -> None:
        self._plan = plan
        self._watch = Watch(plan) if plan.stopping else None
        self._rests_on: frozenset[str] = frozenset()
        self.decision: Decision | None = None

    def look_no_more(self) -> None:
        """Decide nothing from here on: what is asked again comes in another order than looks are planned for."""
        self._watch = None

    def recall(self, done: Done) -> None:
        """Take in what earlier sittings found."""
        self._take(done.decision)
        for cell, answered in done.answers.items():
            if answered.text is None:
                self.heard(cell, None)
        for cell, verdicts in done.headline.items():
            if (found := combined(self._plan.panels[0], verdicts)) is not None:
                self.heard(cell, found.score)

    def heard(self, cell: Cell, score: float | None) -> None:
        """A cell is done; ``score`` is None where there is none."""
        if self._watch is not None:
            self._watch.heard(cell.item, cell.variant, score)

    def decide(self) -> Decision | None:
        """Look whether the answer is clear; gives the decision once, the first time it is."""
        if self._watch is None or self.decision is not None:
            return None
        self._take(self._watch.decide())
        return self.decision

    def is_beyond(self, cell: Cell) -> bool:
        """Whether the run has stopped early, and the decision does not rest on this cell."""
        return self.decision is not None and cell.item not in self._rests_on

    def _take(self, decision: Decision | None) -> None:
        self.decision = decision
        self._rests_on = frozenset(decision.item_ids if decision else ())
