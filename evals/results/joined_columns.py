"""One variant of a run beside one of another, as a table of two variants: so that two runs compare as one does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.results.column_statistics import Codes, Mask, Numbers
from evals.results.columns import Places, ResultColumns, TextLists, Texts
from evals.results.pages import Search

BASELINE, CANDIDATE = "baseline", "candidate"
"""What the two variants are called in a joined table."""


def join_columns(
    before: tuple[ResultColumns, str], after: tuple[ResultColumns, str], criteria: Sequence[str]
) -> ResultColumns:
    """The rows of two variants, each of its own run, as variants ``baseline`` and ``candidate``.

    Args:
        before, after: A run's columns and the id of the variant that is taken from them.
        criteria: Those that both have.

    Returns:
        Columns without places in a journal: an item is opened in its own run.
    """
    sides = (before[0], after[0])
    chosen = (rows_of(*before), rows_of(*after))
    counts = [len(rows) for rows in chosen]

    def texts(read: Callable[[ResultColumns], Texts]) -> Texts:
        return _texts([read(side) for side in sides], chosen)

    def lists(read: Callable[[ResultColumns], TextLists]) -> TextLists:
        return _lists([read(side) for side in sides], chosen)

    def values(read: Callable[[ResultColumns], NDArray[Any]]) -> NDArray[Any]:
        return np.concatenate([read(side)[rows] for side, rows in zip(sides, chosen, strict=True)])

    return ResultColumns(
        item=texts(lambda side: side.item),
        variant=Texts(np.repeat(np.array([0, 1], dtype=np.int64), counts), (BASELINE, CANDIDATE)),
        repeat=values(lambda side: side.repeat),
        cluster=texts(lambda side: side.cluster),
        phase=texts(lambda side: side.phase),
        topic=texts(lambda side: side.topic),
        difficulty=texts(lambda side: side.difficulty),
        split=texts(lambda side: side.split),
        case=texts(lambda side: side.case),
        tags=lists(lambda side: side.tags),
        status=texts(lambda side: side.status),
        reason=texts(lambda side: side.reason),
        score=values(lambda side: side.score),
        criteria={name: values(partial(_criterion, name)) for name in criteria},
        flags=lists(lambda side: side.flags),
        cost=values(lambda side: side.cost),
        cost_known=values(lambda side: side.cost_known),
        judge_cost=values(lambda side: side.judge_cost),
        judge_cost_known=values(lambda side: side.judge_cost_known),
        latency_ms=values(lambda side: side.latency_ms),
        ttft_ms=values(lambda side: side.ttft_ms),
        input_tokens=values(lambda side: side.input_tokens),
        output_tokens=values(lambda side: side.output_tokens),
        kept=values(lambda side: side.kept),
        places=Places(np.zeros(sum(counts) + 1, dtype=np.int64), np.zeros(0, dtype=np.int64)),
    )


def _criterion(name: str, columns: ResultColumns) -> Numbers:
    return columns.criteria[name]


def rows_of(columns: ResultColumns, variant: str) -> Codes:
    """Where a variant's rows stand."""
    values = columns.variant.values
    code = values.index(variant) if variant in values else -2
    return np.flatnonzero(columns.variant.codes == code)


def join_search(before: tuple[ResultColumns, str, Search], after: tuple[ResultColumns, str, Search]) -> Search:
    """Looks for a text in both runs.

    Args:
        before, after: A run's columns, the variant that was taken from them, and how that run is searched.
    """

    def search(text: str) -> tuple[Mask, Collection[str]]:
        masks, known = [], set[str]()
        for columns, variant, find in (before, after):
            rows, ids = find(text)
            masks.append(rows[rows_of(columns, variant)])
            known |= set(ids)
        return np.concatenate(masks), known

    return search


def _texts(sides: Sequence[Texts], chosen: Sequence[Codes]) -> Texts:
    values: dict[str, int] = {}
    codes = []
    for side, rows in zip(sides, chosen, strict=True):
        place = np.array([values.setdefault(value, len(values)) for value in side.values] + [-1], dtype=np.int64)
        codes.append(place[side.codes[rows]])
    return Texts(np.concatenate(codes), tuple(values))


def _lists(sides: Sequence[TextLists], chosen: Sequence[Codes]) -> TextLists:
    rows, members, before = [], [], 0
    for side, wanted in zip(sides, chosen, strict=True):
        highest = max([*side.rows.tolist()[-1:], *wanted.tolist()[-1:], 0])
        new_place = np.full(highest + 1, -1, dtype=np.int64)
        new_place[wanted] = np.arange(len(wanted))
        placed = new_place[side.rows]
        kept = np.flatnonzero(placed >= 0)
        rows.append(placed[kept] + before)
        members.append(kept)
        before += len(wanted)
    return TextLists(np.concatenate(rows), _texts([side.members for side in sides], members))
