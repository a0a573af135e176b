"""Compares a candidate with its baseline on the items both have answered. Pure: rows in, a comparison out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from coaching_core.errors import InvalidInputError
from evals.comparing.comparison import (
    Comparison,
    ComparisonVerdict,
    ItemPair,
    ItemResult,
    LeftOut,
    PartDifference,
    VariantFigures,
)
from evals.comparing.pairing import Rows, mean_of_known, paired, rows_by_item, without_pair
from evals.comparing.words import notes, sentence
from evals.statistics import (
    PairedDifference,
    holm,
    mean_interval,
    minimum_detectable_effect,
    paired_difference,
)

__all__ = [
    "ADJUSTMENT",
    "Comparison",
    "ComparisonVerdict",
    "Gathered",
    "ItemPair",
    "ItemResult",
    "LeftOut",
    "PartDifference",
    "VariantFigures",
    "compare",
    "margin_on",
    "put_in_words",
    "put_together",
    "verdict_of",
]

ADJUSTMENT = "p-values are adjusted by Holm's method within each list; intervals are 95 % each, not adjusted."

FEWEST_OF_A_TAG = 5
"""Pairs below which a tag is no group of its own: there are many tags, and few pairs say nothing."""

_FEWEST_ALIKE = 6
"""From so many clusters on, differences that are all alike would reach p < .05 in a sign test."""

ROUNDING = 1e-9
"""Points within which a difference counts as exactly at the margin."""

_ORDER = ("introduction", "exploration", "synthesis", "completion", "easy", "medium", "hard")

Parts = Sequence[tuple[str, PairedDifference]]
"""Names, each with its difference."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a comparison is put together from, however it was computed.

    Attributes:
        sides: Baseline and candidate.
        groups: ``phase``, ``topic``, ``difficulty``, ``split`` and ``tag``, each in any order.
        pairs: Paired items.
        better: Of them, those better by more than the margin.
        regressions: Those worse by more than the margin, largest loss first.
    """

    sides: tuple[VariantFigures, VariantFigures]
    overall: PairedDifference
    criteria: Parts
    groups: Mapping[str, Parts]
    pairs: int
    better: int
    regressions: tuple[ItemPair, ...]
    left_out: tuple[LeftOut, ...]
    unscored_repeats: int


def compare(
    results: Iterable[ItemResult],
    baseline: str,
    candidate: str,
    rubric_criteria: Sequence[str],
    margin: float = 0.1,
    labels: Mapping[str, str] | None = None,
) -> Comparison:
    """Compare two variants item by item; the mean over repeats is taken first, errors are clustered.

    Args:
        results: Rows in any order; those of other variants are passed over.
        baseline, candidate: Ids of two variants.
        rubric_criteria: Criterion ids, in the order wanted.
        margin: Points of the rubric's scale that do not matter.
        labels: What people call the variants, for the sentence; the id where there is none.

    Raises:
        InvalidInputError: Both variants are the same, the margin is negative, or a row is there twice.
    """
    check_sides(baseline, candidate, margin)
    names = {baseline: baseline, candidate: candidate} | dict(labels or {})
    wanted = [row for row in results if row.variant in (baseline, candidate)]
    sides = _Sides(
        (baseline, candidate),
        (names[baseline], names[candidate]),
        rows_by_item(wanted, baseline),
        rows_by_item(wanted, candidate),
    )
    return put_together(_gathered(sides, rubric_criteria, margin), margin)


def margin_on(minimum: float, maximum: float) -> float:
    """Points of a scale that do not matter, unless somebody says otherwise: 0.1 on one from 1 to 10."""
    return (maximum - minimum) / 90


def check_sides(baseline: str, candidate: str, margin: float) -> None:
    """Raises InvalidInputError where two sides cannot be compared."""
    if baseline == candidate:
        raise InvalidInputError("A variant cannot be compared with itself.", field="candidate")
    if not 0 <= margin < math.inf:
        raise InvalidInputError("The margin must be 0 or more.", field="margin")


@dataclass(frozen=True, slots=True)
class _Sides:
    """Baseline and candidate, in this order throughout."""

    ids: tuple[str, str]
    labels: tuple[str, str]
    before: Rows
    after: Rows

    def figures(self, pairs: Sequence[ItemPair]) -> tuple[VariantFigures, VariantFigures]:
        baseline = {pair.item_id: pair.baseline for pair in pairs}
        candidate = {pair.item_id: pair.candidate for pair in pairs}
        return (
            _figures(self.ids[0], self.labels[0], self.before, baseline),
            _figures(self.ids[1], self.labels[1], self.after, candidate),
        )

    def unscored_repeats(self, pairs: Sequence[ItemPair]) -> int:
        answers = [row for pair in pairs for row in (*self.before[pair.item_id], *self.after[pair.item_id])]
        return sum(row.score is None for row in answers)


def _gathered(sides: _Sides, criteria: Sequence[str], margin: float) -> Gathered:
    pairs = paired(sides.before, sides.after)
    return Gathered(
        sides=sides.figures(pairs),
        overall=_difference(pairs),
        criteria=[(name, _criterion_difference(name, pairs, sides)) for name in criteria],
        groups={
            "phase": _groups(pairs, lambda pair: (pair.phase,)),
            "topic": _groups(pairs, lambda pair: (pair.topic,)),
            "difficulty": _groups(pairs, lambda pair: (pair.difficulty,)),
            "split": _groups(pairs, lambda pair: (pair.split,)),
            "tag": _groups(pairs, lambda pair: pair.tags, FEWEST_OF_A_TAG),
        },
        pairs=len(pairs),
        better=len(_beyond(pairs, margin, 1)),
        regressions=_beyond(pairs, margin, -1),
        left_out=without_pair(sides.ids, sides.before, sides.after),
        unscored_repeats=sides.unscored_repeats(pairs),
    )


def put_together(found: Gathered, margin: float) -> Comparison:
    """The verdict, its words, and the adjusted p-values of what was gathered."""
    verdict, detectable = verdict_of(found.overall, margin), _detectable(found.overall)
    baseline, candidate = found.sides
    worse = len(found.regressions)
    return Comparison(
        baseline=baseline,
        candidate=candidate,
        margin=margin,
        verdict=verdict,
        sentence=sentence(verdict, found.overall, margin, baseline.label, candidate.label),
        notes=notes(detectable, found.left_out, found.unscored_repeats),
        overall=found.overall,
        better=found.better,
        worse=worse,
        same=found.pairs - found.better - worse,
        left_out=found.left_out,
        unscored_repeats=found.unscored_repeats,
        minimum_detectable_effect=detectable,
        criteria=_adjusted(found.criteria),
        by_phase=_adjusted(_in_order(found.groups["phase"])),
        by_topic=_adjusted(_in_order(found.groups["topic"])),
        by_difficulty=_adjusted(_in_order(found.groups["difficulty"])),
        adjustment=ADJUSTMENT,
        regressions=found.regressions,
        by_tag=_adjusted(_in_order(found.groups["tag"])),
        by_split=_adjusted(_in_order(found.groups["split"])),
    )


def _beyond(pairs: Sequence[ItemPair], margin: float, sign: int) -> tuple[ItemPair, ...]:
    """The pairs that differ by more than the margin in this direction, the largest first."""
    found = [pair for pair in pairs if sign * pair.difference > margin + ROUNDING]
    return tuple(sorted(found, key=lambda pair: (-abs(pair.difference), pair.item_id)))


def _difference(pairs: Sequence[ItemPair]) -> PairedDifference:
    return paired_difference(
        [pair.candidate for pair in pairs], [pair.baseline for pair in pairs], [pair.cluster for pair in pairs]
    )


def _criterion_difference(name: str, pairs: Sequence[ItemPair], sides: _Sides) -> PairedDifference:
    known = []
    for pair in pairs:
        baseline = _criterion(sides.before[pair.item_id], name)
        candidate = _criterion(sides.after[pair.item_id], name)
        if baseline is not None and candidate is not None:
            known.append((candidate, baseline, pair.cluster))
    return paired_difference([row[0] for row in known], [row[1] for row in known], [row[2] for row in known])


def _criterion(rows: Sequence[ItemResult], name: str) -> float | None:
    return mean_of_known(row.criteria.get(name) for row in rows if row.score is not None)


def _groups(
    pairs: Sequence[ItemPair], names_of: Callable[[ItemPair], Iterable[str]], fewest: int = 1
) -> list[tuple[str, PairedDifference]]:
    members: dict[str, list[ItemPair]] = {}
    for pair in pairs:
        for name in dict.fromkeys(names_of(pair)):
            members.setdefault(name, []).append(pair)
    return [(name, _difference(of_name)) for name, of_name in members.items() if len(of_name) >= fewest]


def _in_order(parts: Parts) -> Parts:
    return sorted(parts, key=lambda part: (_ORDER.index(part[0]) if part[0] in _ORDER else len(_ORDER), part[0]))


def _adjusted(parts: Parts) -> tuple[PartDifference, ...]:
    adjusted = holm([difference.p_value for _, difference in parts])
    return tuple(PartDifference(name, d, p) for (name, d), p in zip(parts, adjusted, strict=True))


def put_in_words(comparison: Comparison) -> Comparison:
    """The comparison with the sentence and the notes that its figures ask for."""
    labels = (comparison.baseline.label, comparison.candidate.label)
    return replace(
        comparison,
        sentence=sentence(comparison.verdict, comparison.overall, comparison.margin, *labels),
        notes=notes(comparison.minimum_detectable_effect, comparison.left_out, comparison.unscored_repeats),
    )


def verdict_of(overall: PairedDifference, margin: float) -> ComparisonVerdict:
    """What a difference comes to, with a margin of points that do not matter."""
    interval = overall.interval
    if interval is None or (overall.standard_error == 0 and overall.n_clusters < _FEWEST_ALIKE):
        return ComparisonVerdict.UNCLEAR
    if -margin - ROUNDING <= interval.low and interval.high <= margin + ROUNDING:
        return ComparisonVerdict.SAME
    if not interval.excludes_zero:
        return ComparisonVerdict.UNCLEAR
    return ComparisonVerdict.BETTER if interval.low > 0 else ComparisonVerdict.WORSE


def _detectable(overall: PairedDifference) -> float | None:
    if not overall.sd or not overall.standard_error:
        return None
    design_effect = overall.n * (overall.standard_error / overall.sd) ** 2
    return minimum_detectable_effect(overall.sd, overall.n, design_effect=design_effect)


def _figures(variant: str, label: str, rows: Rows, scores: Mapping[str, float]) -> VariantFigures:
    answers = [row for of_item in rows.values() for row in of_item]
    costs = [row.cost for row in answers if row.cost is not None]
    whole = len(costs) == len(answers) > 0
    spread = mean_interval([float(cost) for cost in costs], [row.cluster for row in answers if row.cost is not None])
    timed = [(row.latency_ms, row.cluster) for row in answers if row.latency_ms is not None]
    return VariantFigures(
        variant=variant,
        label=label,
        score=mean_interval(list(scores.values()), [rows[item_id][0].cluster for item_id in scores]),
        answers=len(answers),
        cost_per_answer=sum(costs, Decimal(0)) / len(costs) if whole else None,
        cost_interval=spread.interval if whole else None,
        unknown_costs=len(answers) - len(costs),
        latency_ms=mean_interval([latency for latency, _ in timed], [cluster for _, cluster in timed]),
    )
