"""What a planned run comes to: calls, money, time, the difference it could detect, what more items would buy.

Pure: a plan, what earlier runs tell, and prices go in. No model is asked (ledger E6).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from coaching_core.errors import InvalidInputError
from evals.dataset import GoldenItem
from evals.plan import RunPlan, Stopping
from evals.planner.costing import Line, PriceFunction, call_lines, duration, lines_of, scaled, total
from evals.planner.counting import cluster_size
from evals.planner.estimate import Estimate, Money, Spread, Step
from evals.planner.history import SeenRun
from evals.planner.spread import design_effect, expected_spread, expected_wins, is_share_scale
from evals.statistics import minimum_detectable_effect, required_items
from evals.stopping.always_valid import detectable_at_every_look

POWER, ALPHA = 0.8, 0.05
STEPS = (60, 120, 240, 480)
"""Numbers of items that the table shows beside those planned and all there are."""

_MOST_ITEMS = 1_000_000


@dataclass(frozen=True, slots=True)
class _Question:
    """What a comparison of the run is like, whatever the number of items.

    Attributes:
        size: Σm²/Σm of the clusters among all items there are.
        available: Those items.
    """

    spread: Spread
    alpha: float
    size: float
    available: int
    stopping: Stopping | None

    def detectable(self, items: int) -> float | None:
        """Points that so many items show with the power."""
        effect = self._design_effect(items)
        if self.stopping is None:
            return minimum_detectable_effect(self.spread.sd, items, self.alpha, POWER, effect)
        error = self.spread.sd * math.sqrt(effect / items)
        clusters = max(2, round(items / (1 + (self.size - 1) * min(1.0, items / self.available))))
        return detectable_at_every_look(error, clusters, self.stopping, 1 - self.alpha, POWER)

    def required(self, effect: float) -> int | None:
        """Items that show a difference with the power; None where no number would do."""
        if self.stopping is not None:
            return self._required_at_every_look(abs(effect))
        items = 2
        for _ in range(20):  # the design effect grows with the sample
            try:
                found = required_items(self.spread.sd, effect, self.alpha, POWER, self._design_effect(items))
            except InvalidInputError:
                return None
            if found == items:
                break
            items = found
        return items if items <= _MOST_ITEMS else None

    def _required_at_every_look(self, effect: float) -> int | None:
        low, high = 2, _MOST_ITEMS
        if effect <= 0 or (self.detectable(high) or math.inf) > effect:
            return None
        while low < high:
            middle = (low + high) // 2
            if (self.detectable(middle) or math.inf) <= effect:
                high = middle
            else:
                low = middle + 1
        return low

    def _design_effect(self, items: int) -> float:
        """A sample holds fewer items of one cluster: (m − 1) shrinks with the share that is drawn."""
        return design_effect(1 + (self.size - 1) * min(1.0, items / self.available), self.spread.correlation)


def estimate(
    plan: RunPlan,
    history: Sequence[SeenRun],
    price: PriceFunction,
    reachable: Sequence[GoldenItem] = (),
    effect: float | None = None,
) -> Estimate:
    """What a plan comes to.

    Args:
        history: Earlier runs, any; those that are alike are chosen here.
        price: USD for tokens of a model.
        reachable: The items there are for this choice without a limit; none: those planned are all.
        effect: A difference in points worth detecting, to be told how many items that needs.

    Raises:
        InvalidInputError: The effect is 0, or not a number.
    """
    if effect is not None and (not math.isfinite(effect) or effect == 0):
        raise InvalidInputError("The effect must be a number of points other than 0.", field="effect")
    items = plan.dataset.items
    everything = reachable if len(reachable) > len(items) else items
    lines = lines_of(plan, history)
    called = call_lines(lines, price)
    money = total([line.money for line in called])
    candidates = len(plan.variants) - 1
    question = _question(plan, history, everything) if candidates else None
    wins = expected_wins(plan, history, len(items), ALPHA / max(1, candidates))
    return Estimate(
        run_id=plan.run_id,
        dataset=plan.dataset.name,
        items=len(items),
        available=len(everything),
        clusters=len({item.cluster for item in items}),
        repeats=plan.repeats,
        variants=tuple(variant.label for variant in plan.variants),
        calls=plan.calls,
        lines=called,
        money=money,
        money_cap=plan.money_cap,
        duration=duration(lines, plan.concurrency),
        spread=question.spread if question else None,
        detectable=question.detectable(len(items)) if question else None,
        win_rate=wins if candidates else None,
        alpha=ALPHA / max(1, candidates),
        power=POWER,
        scale=(plan.rubric.minimum, plan.rubric.maximum),
        share_scale=is_share_scale(plan),
        stops_early=plan.stopping is not None,
        effect=effect,
        required_items=question.required(effect) if question and effect is not None else None,
        steps=_steps(plan, question, (lines, money), len(everything), wins.detectable if wins else None),
        notes=_notes(plan, candidates),
    )


def _question(plan: RunPlan, history: Sequence[SeenRun], everything: Sequence[GoldenItem]) -> _Question:
    return _Question(
        spread=expected_spread(plan, history),
        alpha=ALPHA / (len(plan.variants) - 1),
        size=cluster_size([item.cluster for item in everything]),
        available=len(everything),
        stopping=plan.stopping,
    )


def _steps(
    plan: RunPlan,
    question: _Question | None,
    cost: tuple[Sequence[Line], Money],
    available: int,
    win_rate: float | None,
) -> tuple[Step, ...]:
    lines, money = cost
    planned = len(plan.dataset.items)
    return tuple(
        Step(
            items=items,
            detectable=question.detectable(items) if question else None,
            win_rate=None if win_rate is None else min(0.5, win_rate * math.sqrt(planned / items)),
            money=scaled(money, items / planned),
            duration=duration(lines, plan.concurrency, items / planned),
            is_planned=items == planned,
            is_all=items == available,
            exists=items <= available,
        )
        for items in _numbers_of_items(planned, available)
    )


def _numbers_of_items(planned: int, available: int) -> list[int]:
    """The usual steps, those planned, all there are, and of what is not there yet only the next two."""
    beyond = [items for items in STEPS if items > available][:2]
    return sorted({*(items for items in STEPS if items < available), planned, available, *beyond})


def _notes(plan: RunPlan, candidates: int) -> tuple[str, ...]:
    notes = []
    if candidates > 1:
        notes.append(f"{candidates} candidates share the error rate of 5 % (Bonferroni), so each must differ by more.")
    if plan.stopping is not None:
        notes.append("The run looks while it works and stops when it is clear; that may save items, never adds any.")
    if plan.repeats > 1 and candidates:
        notes.append("More items detect more than more repeats of the same items.")
    if plan.reuse_replies and not plan.simulated:
        notes.append("Replies kept from earlier runs cost nothing; they are not taken off here.")
    return tuple(notes)
