"""A candidate against its baseline from a run's columns: what :mod:`evals.comparing.compare` finds from its rows."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from evals.comparing.compare import (
    FEWEST_OF_A_TAG,
    ROUNDING,
    Comparison,
    Gathered,
    ItemPair,
    LeftOut,
    Parts,
    VariantFigures,
    check_sides,
    put_together,
)
from evals.comparing.pairing import NOT_ANSWERED
from evals.results.column_statistics import Codes, Mask, Numbers, column_difference, column_mean, row_means
from evals.results.columns import ResultColumns, Texts, money
from evals.statistics import PairedDifference


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """One side of a comparison, as people call it and as the table does."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class SideRows:
    """Where one variant's results stand in the table.

    Attributes:
        rows: One line for each item, in the order of the items' ids, one column for each repeat; -1 where there is
            no result.
    """

    rows: Codes

    @property
    def first(self) -> Codes:
        """The first row of each item; -1 where there is none."""
        present = self.rows >= 0
        columns = np.where(present.any(axis=1), present.argmax(axis=1), 0)
        return np.asarray(self.rows[np.arange(len(self.rows)), columns], dtype=np.int64)

    def table(self, values: Numbers) -> Numbers:
        """The values in the same places; NaN where there is none."""
        found = values[self.rows]
        found[self.rows < 0] = np.nan
        return found


@dataclass(frozen=True, slots=True)
class Pairing:
    """Both sides, line by line the same item.

    Attributes:
        before, after: Score of each item, the mean over its repeats; NaN where there is none.
    """

    columns: ResultColumns
    sides: tuple[SideRows, SideRows]
    before: Numbers
    after: Numbers

    @property
    def has_pair(self) -> Mask:
        """The items that both sides have a score for."""
        return np.asarray(~np.isnan(self.before) & ~np.isnan(self.after), dtype=bool)

    def any_row(self) -> Codes:
        """For each item a row that tells what it is; -1 where neither side has one."""
        first, second = (side.first for side in self.sides)
        return np.where(first >= 0, first, second)

    def criterion(self, name: str) -> tuple[Numbers, Numbers]:
        """Scores of one criterion, as ``before`` and ``after``; of answers that have a score."""
        known = np.where(np.isnan(self.columns.score), np.nan, self.columns.criteria[name])
        first, second = (row_means(side.table(known)) for side in self.sides)
        return first, second


def pair_columns(
    columns: ResultColumns, baseline: str, candidate: str, counted: Collection[str] | None = None
) -> Pairing:
    """Set two variants side by side; ``counted`` are the items that count, None for all."""
    ids = columns.item.values
    order = np.empty(len(ids), dtype=np.int64)
    order[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
    counts = np.array([counted is None or item in counted for item in ids], dtype=bool)
    sides = (_side(columns, baseline, order, counts), _side(columns, candidate, order, counts))
    before, after = (row_means(side.table(columns.score)) for side in sides)
    return Pairing(columns, sides, before, after)


def _side(columns: ResultColumns, variant: str, order: Codes, counts: Mask) -> SideRows:
    values = columns.variant.values
    mine = np.flatnonzero(columns.variant.codes == (values.index(variant) if variant in values else -2))
    mine = mine[counts[columns.item.codes[mine]]]
    repeats = int(columns.repeat.max()) + 1 if len(columns) else 1
    rows = np.full((len(order), repeats), -1, dtype=np.int64)
    rows[order[columns.item.codes[mine]], columns.repeat[mine]] = mine
    return SideRows(rows)


def compare_columns(
    columns: ResultColumns,
    baseline: ComparedSide,
    candidate: ComparedSide,
    rubric_criteria: Sequence[str],
    margin: float = 0.1,
    counted: Collection[str] | None = None,
) -> Comparison:
    """As :func:`evals.comparing.compare.compare`, from columns.

    Args:
        counted: The items that count; None for all.

    Raises:
        InvalidInputError: Both variants are the same, or the margin is negative.
    """
    check_sides(baseline.id, candidate.id, margin)
    pairing = pair_columns(columns, baseline.id, candidate.id, counted)
    return put_together(_gathered(pairing, (baseline, candidate), rubric_criteria, margin), margin)


def _gathered(
    pairing: Pairing, sides: tuple[ComparedSide, ComparedSide], criteria: Sequence[str], margin: float
) -> Gathered:
    has_pair = pairing.has_pair
    clusters = _of_items(pairing, pairing.columns.cluster)
    change = pairing.after - pairing.before
    regressions = np.flatnonzero(has_pair & (-change > margin + ROUNDING))
    baseline, candidate = (_figures(pairing, place, side, clusters) for place, side in enumerate(sides))
    return Gathered(
        sides=(baseline, candidate),
        overall=_difference(pairing.after, pairing.before, clusters, has_pair),
        criteria=[(name, _criterion(pairing, name, clusters)) for name in criteria],
        groups=_groups(pairing, clusters),
        pairs=int(has_pair.sum()),
        better=int((has_pair & (change > margin + ROUNDING)).sum()),
        regressions=item_pairs(pairing, regressions[np.argsort(change[regressions], kind="stable")]),
        left_out=_left_out(pairing, (sides[0].id, sides[1].id)),
        unscored_repeats=_unscored_repeats(pairing),
    )


def item_pairs(pairing: Pairing, places: Codes) -> tuple[ItemPair, ...]:
    """The pairs in these places, in this order."""
    rows, columns = pairing.any_row()[places], pairing.columns
    texts = (columns.item, columns.cluster, columns.phase, columns.topic)
    more = (columns.tags.lists(rows), columns.difficulty.texts(rows))
    before, after = pairing.before[places], pairing.after[places]
    scores = (before.tolist(), after.tolist(), (after - before).tolist(), columns.split.texts(rows))
    return tuple(itertools.starmap(ItemPair, zip(*(text.texts(rows) for text in texts), *more, *scores, strict=True)))


def _of_items(pairing: Pairing, texts: Texts) -> Codes:
    """What a column says of each item; -1 where the item has no row."""
    rows = pairing.any_row()
    return np.where(rows >= 0, texts.codes[rows], -1)


def _difference(a: Numbers, b: Numbers, clusters: Codes, chosen: Mask) -> PairedDifference:
    return column_difference(a[chosen], b[chosen], clusters[chosen])


def _criterion(pairing: Pairing, name: str, clusters: Codes) -> PairedDifference:
    before, after = pairing.criterion(name)
    known = pairing.has_pair & ~np.isnan(before) & ~np.isnan(after)
    return _difference(after, before, clusters, known)


def _groups(pairing: Pairing, clusters: Codes) -> dict[str, Parts]:
    columns = pairing.columns
    texts = {
        "phase": columns.phase,
        "topic": columns.topic,
        "difficulty": columns.difficulty,
        "split": columns.split,
    }
    groups: dict[str, Parts] = {name: _by_text(pairing, found, clusters) for name, found in texts.items()}
    return groups | {"tag": _by_tag(pairing, clusters)}


def _by_text(pairing: Pairing, texts: Texts, clusters: Codes) -> Parts:
    codes = _of_items(pairing, texts)
    return [
        (name, _difference(pairing.after, pairing.before, clusters, chosen))
        for code, name in enumerate(texts.values)
        if (chosen := pairing.has_pair & (codes == code)).any()
    ]


def _by_tag(pairing: Pairing, clusters: Codes) -> Parts:
    found = []
    for name, items in items_by_tag(pairing).items():
        chosen = pairing.has_pair & items
        if chosen.sum() >= FEWEST_OF_A_TAG:
            found.append((name, _difference(pairing.after, pairing.before, clusters, chosen)))
    return found


def items_by_tag(pairing: Pairing) -> dict[str, Mask]:
    """Tag to the items that have it."""
    rows, tags = pairing.any_row(), pairing.columns.tags
    item_of_row = np.full(len(pairing.columns), -1, dtype=np.int64)
    known = np.flatnonzero(rows >= 0)
    item_of_row[rows[known]] = known
    items = item_of_row[tags.rows]
    masks = {}
    for code, name in enumerate(tags.members.values):
        having = np.zeros(len(rows), dtype=bool)
        places = items[tags.members.codes == code]
        having[places[places >= 0]] = True
        masks[name] = having
    return masks


def _left_out(pairing: Pairing, ids: tuple[str, str]) -> tuple[LeftOut, ...]:
    columns, entries = pairing.columns, []
    any_row, firsts = pairing.any_row(), [side.first for side in pairing.sides]
    for place in np.flatnonzero((any_row >= 0) & ~pairing.has_pair).tolist():
        item = columns.item.text(int(any_row[place]))
        for variant, first, scores in zip(ids, firsts, (pairing.before, pairing.after), strict=True):
            row = int(first[place])
            if row < 0:
                entries.append(LeftOut(item, variant, "missing", NOT_ANSWERED))
            elif np.isnan(scores[place]):
                entries.append(LeftOut(item, variant, columns.status.text(row), columns.reason.text(row)))
    return tuple(entries)


def _unscored_repeats(pairing: Pairing) -> int:
    unscored = np.isnan(pairing.columns.score)
    return sum(
        int((unscored[side.rows] & (side.rows >= 0) & pairing.has_pair[:, None]).sum()) for side in pairing.sides
    )


def _figures(pairing: Pairing, place: int, side: ComparedSide, clusters: Codes) -> VariantFigures:
    columns, has_pair = pairing.columns, pairing.has_pair
    scores = (pairing.before, pairing.after)[place]
    rows = pairing.sides[place].rows
    rows = rows[rows >= 0]
    known, times = columns.cost_known[rows], columns.latency_ms[rows]
    timed, costs = ~np.isnan(times), columns.cost[rows][known]
    whole = bool(known.all()) and len(rows) > 0
    spread = column_mean(costs / 1e12, columns.cluster.codes[rows][known]) if whole else None
    return VariantFigures(
        variant=side.id,
        label=side.label,
        score=column_mean(scores[has_pair], clusters[has_pair]),
        answers=len(rows),
        cost_per_answer=money(sum(costs.tolist())) / Decimal(len(rows)) if whole else None,
        cost_interval=spread.interval if spread is not None else None,
        unknown_costs=int((~known).sum()),
        latency_ms=column_mean(times[timed], columns.cluster.codes[rows][timed]),
    )
