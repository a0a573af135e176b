"""What goes into a comparison of two variants, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from evals.statistics import Interval, MeanInterval, PairedDifference


class ComparisonVerdict(StrEnum):
    """What a comparison says of the candidate; ``same`` means within the margin that does not matter."""

    BETTER = "better"
    WORSE = "worse"
    UNCLEAR = "unclear"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One answer of one variant to one item, scored or not.

    Attributes:
        cluster: Items with the same cluster are not independent of each other.
        score: On the rubric's scale; None when there is none, whatever the status is called.
        criteria: Criterion id to score.
        cost: USD of the answer; None when unknown.
        latency_ms: Of the answer; None when there is none.
        status: E.g. ``scored``, ``unscored``, ``failed``, ``waiting``.
        reason: Why there is no score.
        split: Of the item, e.g. ``dev`` or ``test``.
        flags: What a person should know before trusting the score.
    """

    item_id: str
    variant: str
    repeat: int
    cluster: str
    phase: str
    topic: str
    tags: tuple[str, ...]
    difficulty: str
    score: float | None
    criteria: Mapping[str, float | None]
    cost: Decimal | None
    latency_ms: float | None
    status: str
    reason: str
    split: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An item without a score from one variant, so that its pair is left out."""

    item_id: str
    variant: str
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class ItemPair:
    """An item scored for both variants; each score is the mean over its repeats."""

    item_id: str
    cluster: str
    phase: str
    topic: str
    tags: tuple[str, ...]
    difficulty: str
    baseline: float
    candidate: float
    difference: float
    split: str = ""


@dataclass(frozen=True, slots=True)
class VariantFigures:
    """One side of a comparison by itself.

    Attributes:
        score: Mean over the paired items, so that the two means differ by the overall difference.
        answers: Rows of the variant, scored or not; cost and latency are theirs.
        cost_per_answer: USD; None when any cost is unknown.
        latency_ms: Over the answers whose latency is known.
    """

    variant: str
    label: str
    score: MeanInterval
    answers: int
    cost_per_answer: Decimal | None
    cost_interval: Interval | None
    unknown_costs: int
    latency_ms: MeanInterval


@dataclass(frozen=True, slots=True)
class PartDifference:
    """The difference in one criterion, or within one phase, topic, difficulty, split or tag.

    Attributes:
        name: Criterion id or the group's value.
        adjusted_p: Holm's, over the list it stands in; None where nothing could be tested.
            The interval is not adjusted.
    """

    name: str
    difference: PairedDifference
    adjusted_p: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A candidate against its baseline; differences are candidate − baseline, higher is better.

    Attributes:
        margin: Differences up to this many points do not matter.
        sentence: The finding in one sentence.
        notes: What belongs beside it: what the run could detect, what was left out.
        better, worse, same: Paired items by their difference, beyond or within the margin.
        left_out: Items without a pair, one entry per variant that has no score for them.
        unscored_repeats: Answers without a score to items that other repeats kept in.
        minimum_detectable_effect: Points, 80 % power, from the spread seen; None while nothing varies.
        adjustment: What is adjusted for many comparisons, and what is not.
        regressions: The worse items, largest loss first.
        by_tag: Tags of five pairs and more; an item stands under each of its tags.
    """

    baseline: VariantFigures
    candidate: VariantFigures
    margin: float
    verdict: ComparisonVerdict
    sentence: str
    notes: tuple[str, ...]
    overall: PairedDifference
    better: int
    worse: int
    same: int
    left_out: tuple[LeftOut, ...]
    unscored_repeats: int
    minimum_detectable_effect: float | None
    criteria: tuple[PartDifference, ...]
    by_phase: tuple[PartDifference, ...]
    by_topic: tuple[PartDifference, ...]
    by_difficulty: tuple[PartDifference, ...]
    adjustment: str
    regressions: tuple[ItemPair, ...]
    by_tag: tuple[PartDifference, ...] = ()
    by_split: tuple[PartDifference, ...] = ()
