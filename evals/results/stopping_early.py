"""What a run saved by stopping early."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from evals.results.run_results import RunResults


@dataclass(frozen=True, slots=True)
class Saved:
    """What a run that stopped early did not do.

    Attributes:
        items: Items the decision rests on; ``planned``: items of the plan.
        answers: Answers that were not asked for; calls in flight at the decision came home and are none of them.
        calls: Calls they would have taken with their judgements, about.
        cost_usd: What those would have cost at what the others did; None when a cost is unknown.
    """

    items: int
    planned: int
    answers: int
    calls: int
    cost_usd: Decimal | None

    @property
    def words(self) -> str:
        """Stopped early, clear after 90 of 240 items: 600 calls saved, about $0.12."""
        money = "" if self.cost_usd is None else f", about ${self.cost_usd:.{2 if self.cost_usd >= 1 else 4}f}"
        return f"Stopped early, clear after {self.items} of {self.planned} items: {self.calls:,} calls saved{money}."


def saved_by(results: RunResults) -> Saved | None:
    """What a run saved; None where it did not stop early."""
    decision, plan = results.decision, results.plan
    if decision is None:
        return None
    cells = len(plan.variants) * len(plan.dataset.items) * plan.repeats
    asked = len(results.answers)
    unasked = cells - asked
    costs = [run.cost_usd for run in results.prompt_runs()]
    known = [cost for cost in costs if cost is not None]
    whole = len(known) == len(costs) and asked > 0
    return Saved(
        items=decision.items,
        planned=decision.planned,
        answers=unasked,
        calls=round(plan.calls * unasked / cells),
        cost_usd=sum(known, Decimal(0)) / asked * unasked if whole else None,
    )


def decision_figures(results: RunResults) -> dict[str, Any] | None:
    """Why a run stopped early and what that saved, as plain JSON; None where it did not."""
    saved, decision = saved_by(results), results.decision
    if saved is None or decision is None:
        return None
    cost = None if saved.cost_usd is None else str(saved.cost_usd)
    looks = [look.as_json() for look in decision.looks]
    return {"sentence": saved.words, "looks": looks, **asdict(saved), "cost_usd": cost}
