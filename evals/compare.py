"""Compares a candidate with its baseline on the items both have answered. Pure: rows in, a comparison out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from coaching_core.errors import InvalidInputError
from evals.comparison import (
    Comparison,
    ComparisonVerdict,
    ItemPair,
    ItemResult,
    LeftOut,
    PartDifference,
    VariantFigures,
)
from evals.comparison_words import notes, sentence
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
    "ItemPair",
    "ItemResult",
    "LeftOut",
    "PartDifference",
    "VariantFigures",
    "compare",
]

ADJUSTMENT = "p-values are adjusted by Holm's method within each list; intervals are 95 % each, not adjusted."

_FEWEST_ALIKE = 6
"""From so many clusters on, differences that are all alike would reach p < .05 in a sign test."""

_ROUNDING = 1e-9

_ORDER = ("introduction", "exploration", "synthesis", "completion", "easy", "medium", "hard")

_Rows = Mapping[str, Sequence[ItemResult]]
"""Item id to the rows of one variant, by repeat."""


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
    if baseline == candidate:
        raise InvalidInputError("A variant cannot be compared with itself.", field="candidate")
    if not 0 <= margin < math.inf:
        raise InvalidInputError("The margin must be 0 or more.", field="margin")
    names = {baseline: baseline, candidate: candidate} | dict(labels or {})
    wanted = [row for row in results if row.variant in (baseline, candidate)]
    before, after = _by_item(wanted, baseline), _by_item(wanted, candidate)
    pairs = _pairs(before, after)
    return _compared(
        _Sides((baseline, candidate), (names[baseline], names[candidate]), before, after, pairs),
        margin,
        _adjusted([(name, _criterion_difference(name, pairs, before, after)) for name in rubric_criteria]),
    )


@dataclass(frozen=True, slots=True)
class _Sides:
    """Baseline and candidate, in this order throughout."""

    ids: tuple[str, str]
    labels: tuple[str, str]
    before: _Rows
    after: _Rows
    pairs: Sequence[ItemPair]

    def figures(self) -> tuple[VariantFigures, VariantFigures]:
        baseline = {pair.item_id: pair.baseline for pair in self.pairs}
        candidate = {pair.item_id: pair.candidate for pair in self.pairs}
        return (
            _figures(self.ids[0], self.labels[0], self.before, baseline),
            _figures(self.ids[1], self.labels[1], self.after, candidate),
        )

    def unscored_repeats(self) -> int:
        paired = [row for pair in self.pairs for row in (*self.before[pair.item_id], *self.after[pair.item_id])]
        return sum(row.score is None for row in paired)


def _compared(sides: _Sides, margin: float, criteria: tuple[PartDifference, ...]) -> Comparison:
    pairs = sides.pairs
    overall = _difference(pairs)
    verdict, detectable = _verdict(overall, margin), _detectable(overall)
    left_out, repeats = _left_out(sides), sides.unscored_repeats()
    better, worse = _beyond(pairs, margin, 1), _beyond(pairs, margin, -1)
    baseline, candidate = sides.figures()
    return Comparison(
        baseline=baseline,
        candidate=candidate,
        margin=margin,
        verdict=verdict,
        sentence=sentence(verdict, overall, margin, *sides.labels),
        notes=notes(detectable, left_out, repeats),
        overall=overall,
        better=len(better),
        worse=len(worse),
        same=len(pairs) - len(better) - len(worse),
        left_out=left_out,
        unscored_repeats=repeats,
        minimum_detectable_effect=detectable,
        criteria=criteria,
        by_phase=_groups(pairs, lambda pair: pair.phase),
        by_topic=_groups(pairs, lambda pair: pair.topic),
        by_difficulty=_groups(pairs, lambda pair: pair.difficulty),
        adjustment=ADJUSTMENT,
        regressions=worse,
    )


def _by_item(rows: Iterable[ItemResult], variant: str) -> dict[str, list[ItemResult]]:
    items: dict[str, list[ItemResult]] = {}
    for row in sorted((row for row in rows if row.variant == variant), key=lambda row: (row.item_id, row.repeat)):
        of_item = items.setdefault(row.item_id, [])
        if of_item and of_item[-1].repeat == row.repeat:
            raise InvalidInputError(f"{variant} has two results for item {row.item_id}, repeat {row.repeat}.")
        of_item.append(row)
    return items


def _pairs(before: _Rows, after: _Rows) -> list[ItemPair]:
    pairs = []
    for item_id in sorted(before.keys() & after.keys()):
        item = before[item_id][0]
        baseline = _mean(row.score for row in before[item_id])
        candidate = _mean(row.score for row in after[item_id])
        if baseline is None or candidate is None:
            continue
        pairs.append(
            ItemPair(
                item_id=item_id,
                cluster=item.cluster,
                phase=item.phase,
                topic=item.topic,
                tags=item.tags,
                difficulty=item.difficulty,
                baseline=baseline,
                candidate=candidate,
                difference=candidate - baseline,
            )
        )
    return pairs


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) / len(known) if known else None


def _left_out(sides: _Sides) -> tuple[LeftOut, ...]:
    before, after = sides.before, sides.after
    entries = []
    for item_id in sorted(before.keys() | after.keys()):
        for variant, rows in zip(sides.ids, (before.get(item_id), after.get(item_id)), strict=True):
            if not rows:
                entries.append(LeftOut(item_id, variant, "missing", "There is no answer to this item yet."))
            elif all(row.score is None for row in rows):
                entries.append(LeftOut(item_id, variant, rows[0].status, rows[0].reason))
    return tuple(entries)


def _beyond(pairs: Sequence[ItemPair], margin: float, sign: int) -> tuple[ItemPair, ...]:
    """The pairs that differ by more than the margin in this direction, the largest first."""
    found = [pair for pair in pairs if sign * pair.difference > margin + _ROUNDING]
    return tuple(sorted(found, key=lambda pair: (-abs(pair.difference), pair.item_id)))


def _difference(pairs: Sequence[ItemPair]) -> PairedDifference:
    return paired_difference(
        [pair.candidate for pair in pairs], [pair.baseline for pair in pairs], [pair.cluster for pair in pairs]
    )


def _criterion_difference(name: str, pairs: Sequence[ItemPair], before: _Rows, after: _Rows) -> PairedDifference:
    known = []
    for pair in pairs:
        baseline = _criterion(before[pair.item_id], name)
        candidate = _criterion(after[pair.item_id], name)
        if baseline is not None and candidate is not None:
            known.append((candidate, baseline, pair.cluster))
    return paired_difference([row[0] for row in known], [row[1] for row in known], [row[2] for row in known])


def _criterion(rows: Sequence[ItemResult], name: str) -> float | None:
    return _mean(row.criteria.get(name) for row in rows if row.score is not None)


def _groups(pairs: Sequence[ItemPair], group: Callable[[ItemPair], str]) -> tuple[PartDifference, ...]:
    found = {group(pair) for pair in pairs}
    names = sorted(found, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))
    return _adjusted([(name, _difference([pair for pair in pairs if group(pair) == name])) for name in names])


def _adjusted(parts: Sequence[tuple[str, PairedDifference]]) -> tuple[PartDifference, ...]:
    adjusted = holm([difference.p_value for _, difference in parts])
    return tuple(PartDifference(name, d, p) for (name, d), p in zip(parts, adjusted, strict=True))


def _verdict(overall: PairedDifference, margin: float) -> ComparisonVerdict:
    interval = overall.interval
    if interval is None or (overall.standard_error == 0 and overall.n_clusters < _FEWEST_ALIKE):
        return ComparisonVerdict.UNCLEAR
    if -margin - _ROUNDING <= interval.low and interval.high <= margin + _ROUNDING:
        return ComparisonVerdict.SAME
    if not interval.excludes_zero:
        return ComparisonVerdict.UNCLEAR
    return ComparisonVerdict.BETTER if interval.low > 0 else ComparisonVerdict.WORSE


def _detectable(overall: PairedDifference) -> float | None:
    if not overall.sd or not overall.standard_error:
        return None
    design_effect = overall.n * (overall.standard_error / overall.sd) ** 2
    return minimum_detectable_effect(overall.sd, overall.n, design_effect=design_effect)


def _figures(variant: str, label: str, rows: _Rows, scores: Mapping[str, float]) -> VariantFigures:
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
