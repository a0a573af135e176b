"""What a planned run comes to before it starts: items, calls, money, and the difference it could detect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from coaching_core.llm.types import Usage
from coaching_core.prompts.models import Topic, TopicVersion
from evals.dataset import GoldenItem
from evals.plan import RunPlan
from evals.runs import RunSummary
from evals.statistics import minimum_detectable_effect
from pages.view_models import words

ANSWER_TOKENS = Usage(input_tokens=900, output_tokens=120)
VERDICT_TOKENS = Usage(input_tokens=1_600, output_tokens=350)
"""What one answer and one verdict take, about; the estimate says so."""

USUAL_SD = 1.2
"""Standard deviation of paired differences when no run of the topic tells a better one, points."""

PriceFunction = Callable[[str, Usage], Decimal | None]
"""(model, tokens) to USD, None when the price is unknown."""


def version_label(version: TopicVersion, topic: Topic) -> str:
    """A version in a select: v3 draft — Shorter replies."""
    word = ""
    if version.number == topic.published_version:
        word = " published"
    elif topic.has_draft and version.number == topic.latest_version:
        word = " draft"
    return f"v{version.number}{word} — {version.message}"


def start_versions(topic: Topic, numbers: Sequence[int], wanted: Sequence[int] = ()) -> tuple[int, tuple[int, ...]]:
    """Baseline and candidates to begin with: those of the link, else the published version and the draft.

    Args:
        numbers: All versions there are, newest first.
        wanted: Versions that a link names, the baseline first.
    """
    named = [number for number in dict.fromkeys(wanted) if number in numbers]
    if named:
        return named[0], tuple(named[1:])
    baseline = topic.published_version or numbers[0]
    newer = numbers[0]
    return baseline, ((newer,) if newer != baseline else ())


def topic_has_items(items: Sequence[GoldenItem], topic_id: str) -> bool:
    """Whether a dataset has items written for a topic; other topics take those of every topic."""
    return any(item.topic == topic_id for item in items)


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """About what a run costs; ``total`` is None when the price of ``unknown`` models is not known."""

    total: Decimal | None
    unknown: tuple[str, ...]

    @property
    def words(self) -> str:
        """About $1.25, or a dash."""
        return words.DASH if self.total is None else f"about {words.money_total(self.total)}"


def estimate_cost(plan: RunPlan, price: PriceFunction) -> CostEstimate:
    """Every answer and every verdict at its model's price, for about 900 + 120 and 1,600 + 350 tokens."""
    each = len(plan.dataset.items) * plan.repeats
    total, unknown = Decimal(0), []
    for variant in plan.variants:
        for model, tokens in ((variant.model, ANSWER_TOKENS), (plan.judge, VERDICT_TOKENS)):
            cost = price(model, tokens)
            if cost is None:
                unknown.append(model)
            else:
                total += cost * each
    return CostEstimate(None if unknown else total, tuple(dict.fromkeys(unknown)))


@dataclass(frozen=True, slots=True)
class Spread:
    """How much paired differences vary, and where that is known from."""

    sd: float
    source: str


def expected_spread(runs: Sequence[RunSummary]) -> Spread:
    """The spread seen in the latest run that compared something, else the usual one."""
    for run in runs:
        overall = (run.summary.get("comparison") or {}).get("overall") or {}
        sd = overall.get("sd")
        if sd:
            return Spread(float(sd), f"differences vary as in run {run.run_id} (standard deviation {sd:.2f})")
    return Spread(USUAL_SD, f"differences vary with a standard deviation of {USUAL_SD:.1f}, as is usual")


@dataclass(slots=True)
class StartGuard:
    """Makes a second click on Start find the run that the first one started."""

    run_id: str | None = None

    def once(self, start: Callable[[], str]) -> str:
        """The run's id; starts it only the first time."""
        if self.run_id is None:
            self.run_id = start()
        return self.run_id


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """What stands beside the form.

    Attributes:
        detectable: Points, 80 % power; None when nothing is compared.
        detectable_note: On what that rests.
        over_cap: The estimate is above the money cap.
    """

    items: int
    variants: tuple[str, ...]
    calls: int
    cost: CostEstimate
    detectable: float | None
    detectable_note: str
    over_cap: bool


def plan_figures(plan: RunPlan, price: PriceFunction, spread: Spread) -> PlanFigures:
    """The figures of a plan."""
    cost, items = estimate_cost(plan, price), len(plan.dataset.items)
    compares = len(plan.variants) > 1
    return PlanFigures(
        items=items,
        variants=tuple(variant.label for variant in plan.variants),
        calls=plan.calls,
        cost=cost,
        detectable=minimum_detectable_effect(spread.sd, items) if compares else None,
        detectable_note=f"Power 80 %, if {spread.source}." if compares else "One variant alone is not compared.",
        over_cap=cost.total is not None and cost.total > plan.money_cap,
    )
