"""Sets the results of two variants side by side, item by item; what has no score on one side is left out and named."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from coaching_core.errors import InvalidInputError
from evals.comparing.comparison import ItemPair, ItemResult, LeftOut

Rows = Mapping[str, Sequence[ItemResult]]
"""Item id to the rows of one variant, by repeat."""

NOT_ANSWERED = "There is no answer to this item yet."


def rows_by_item(rows: Iterable[ItemResult], variant: str) -> dict[str, list[ItemResult]]:
    """The rows of one variant, items in the order of their ids.

    Raises:
        InvalidInputError: A row is there twice.
    """
    items: dict[str, list[ItemResult]] = {}
    for row in sorted((row for row in rows if row.variant == variant), key=lambda row: (row.item_id, row.repeat)):
        of_item = items.setdefault(row.item_id, [])
        if of_item and of_item[-1].repeat == row.repeat:
            raise InvalidInputError(f"{variant} has two results for item {row.item_id}, repeat {row.repeat}.")
        of_item.append(row)
    return items


def paired(before: Rows, after: Rows) -> list[ItemPair]:
    """The items that both sides have a score for; the mean over repeats is taken first."""
    pairs = []
    for item_id in sorted(before.keys() & after.keys()):
        baseline = mean_of_known(row.score for row in before[item_id])
        candidate = mean_of_known(row.score for row in after[item_id])
        if baseline is not None and candidate is not None:
            pairs.append(as_pair(before[item_id][0], baseline, candidate))
    return pairs


def as_pair(item: ItemResult, baseline: float, candidate: float) -> ItemPair:
    """Two scores of one item; ``item`` is any row of it."""
    return ItemPair(
        item_id=item.item_id,
        cluster=item.cluster,
        phase=item.phase,
        topic=item.topic,
        tags=item.tags,
        difficulty=item.difficulty,
        baseline=baseline,
        candidate=candidate,
        difference=candidate - baseline,
        split=item.split,
    )


def without_pair(ids: tuple[str, str], before: Rows, after: Rows) -> tuple[LeftOut, ...]:
    """The items that one side (or both) has no score for, one entry for each such side."""
    entries = []
    for item_id in sorted(before.keys() | after.keys()):
        for variant, rows in zip(ids, (before.get(item_id), after.get(item_id)), strict=True):
            if not rows:
                entries.append(LeftOut(item_id, variant, "missing", NOT_ANSWERED))
            elif all(row.score is None for row in rows):
                entries.append(LeftOut(item_id, variant, rows[0].status, rows[0].reason))
    return tuple(entries)


def mean_of_known(values: Iterable[float | None]) -> float | None:
    """The mean of those that are not None; None when none is."""
    known = [value for value in values if value is not None]
    return math.fsum(known) / len(known) if known else None
