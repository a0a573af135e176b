"""A run item by item, sorted and filtered page by page: regressions first."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from evals.comparing.compare import ROUNDING
from evals.comparing.flips import Flips, flips_of, pass_mark
from evals.judge_spec import Panel
from evals.results.column_comparison import Pairing, item_pairs, items_by_tag, pair_columns
from evals.results.column_statistics import Codes, Mask, Numbers
from evals.results.columns import ResultColumns, Texts

Order = Literal["worst", "best", "item", "baseline", "candidate"]
Change = Literal["worse", "better", "same", "no pair"]
Flip = Literal["", "to fail", "to pass"]

Search = Callable[[str], tuple[Mask, Collection[str]]]
"""A text to the rows whose answers hold it, and to the ids of the items that do."""


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which items are wanted, in which order.

    Attributes:
        order: ``worst``: the largest loss first, items without a pair last; ``baseline`` and ``candidate``: the lowest
            score of that side first; ``item``: by id.
        criterion: Sort by and show the scores of one criterion; empty for the whole score.
        phase, topic, difficulty, split, tag: Only these; None for all.
        change: Only items that changed so.
        flip: Only items that went from pass to fail, or from fail to pass, or either.
        flagged: Only items with an answer that a judge flagged.
        search: A text in the id, the case, the item itself or an answer.
    """

    order: Order = "worst"
    criterion: str = ""
    phase: str | None = None
    topic: str | None = None
    difficulty: str | None = None
    split: str | None = None
    tag: str | None = None
    change: Change | None = None
    flip: Literal["to fail", "to pass", "any"] | None = None
    flagged: bool = False
    search: str = ""
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class PairRow:
    """One item of a page.

    Attributes:
        baseline, candidate: Scores, the mean over repeats; None where there is none. With one variant only,
            ``candidate`` is None.
        change: Beyond the margin, or ``no pair``.
        reason: Why a score is missing.
    """

    item_id: str
    case: str
    phase: str
    topic: str
    difficulty: str
    split: str
    tags: tuple[str, ...]
    baseline: float | None
    candidate: float | None
    difference: float | None
    change: Change
    flip: Flip
    flags: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the items that were wanted.

    Attributes:
        total: How many are wanted altogether.
        items: How many items have an answer of either side.
    """

    rows: tuple[PairRow, ...]
    total: int
    items: int


@dataclass(frozen=True)
class PairView:
    """Two variants (or one) of a run, item by item.

    Attributes:
        baseline, candidate: Ids of variants; the same where the run has one.
        margin: Points that do not matter.
        counted: Ids of the items that figures rest on, where a run stopped early; None for all.
    """

    columns: ResultColumns
    baseline: str
    candidate: str
    panel: Panel
    margin: float
    search: Search
    counted: Collection[str] | None = None

    def page(self, query: PageQuery) -> Page:
        """The items wanted, those of one page."""
        order = self._order(query)
        before, after = self._scores(query.criterion)
        rows = tuple(
            self._row(place, before, after) for place in order[query.offset : query.offset + query.limit].tolist()
        )
        return Page(rows, len(order), int((self._any_row >= 0).sum()))

    def item_ids(self, query: PageQuery) -> list[str]:
        """All items wanted, in their order: what comes before and after an opened one."""
        return [self.columns.item.text(int(self._any_row[place])) for place in self._order(query).tolist()]

    @cached_property
    def flips(self) -> Flips:
        """What passes on one side and fails on the other."""
        pairing = pair_columns(self.columns, self.baseline, self.candidate, self.counted)
        mark, has_pair = pass_mark(self.panel), pairing.has_pair
        before, after = (scores >= mark.score - ROUNDING for scores in (pairing.before, pairing.after))
        fell, rose = np.flatnonzero(has_pair & before & ~after), np.flatnonzero(has_pair & ~before & after)
        stayed = int((has_pair & before & after).sum()), int((has_pair & ~before & ~after).sum())
        return flips_of(mark, item_pairs(pairing, fell), item_pairs(pairing, rose), stayed)

    @property
    def is_alone(self) -> bool:
        """Whether there is one variant only."""
        return self.baseline == self.candidate

    @cached_property
    def _pairing(self) -> Pairing:
        return pair_columns(self.columns, self.baseline, self.candidate)

    @cached_property
    def _any_row(self) -> Codes:
        return self._pairing.any_row()

    @cached_property
    def _tags(self) -> dict[str, Mask]:
        return items_by_tag(self._pairing)

    def _scores(self, criterion: str) -> tuple[Numbers, Numbers]:
        return self._pairing.criterion(criterion) if criterion else (self._pairing.before, self._pairing.after)

    def _order(self, query: PageQuery) -> Codes:
        before, after = self._scores(query.criterion)
        keys = {
            "worst": before if self.is_alone else after - before,
            "best": -before if self.is_alone else before - after,
            "baseline": before,
            "candidate": after,
            "item": np.zeros(len(before)),
        }
        places = np.flatnonzero(self._wanted(query, before, after))
        return places[np.argsort(keys[query.order][places], kind="stable")]

    def _wanted(self, query: PageQuery, before: Numbers, after: Numbers) -> Mask:
        wanted = self._any_row >= 0
        texts = {"phase": self.columns.phase, "topic": self.columns.topic}
        texts |= {"difficulty": self.columns.difficulty, "split": self.columns.split}
        for name, column in texts.items():
            value: str | None = getattr(query, name)
            if value is not None:
                wanted &= self._is(column, value)
        if query.tag is not None:
            wanted &= self._tags.get(query.tag, np.zeros(len(wanted), dtype=bool))
        if query.change is not None:
            wanted &= self._changed(before, after, query.change)
        if query.flip is not None:
            wanted &= self._flipped(query.flip)
        if query.flagged:
            wanted &= self._items_of(self.columns.flags.filled(len(self.columns)))
        return wanted & self._found(query.search) if query.search else wanted

    def _is(self, column: Texts, value: str) -> Mask:
        code = column.values.index(value) if value in column.values else -2
        return np.asarray(column.codes[self._any_row] == code, dtype=bool)

    def _changed(self, before: Numbers, after: Numbers, change: Change) -> Mask:
        has_pair = ~np.isnan(before) & ~np.isnan(after)
        difference = np.where(has_pair, after - before, 0.0)
        beyond = self.margin + ROUNDING
        masks = {
            "worse": has_pair & (-difference > beyond),
            "better": has_pair & (difference > beyond),
            "same": has_pair & (np.abs(difference) <= beyond),
            "no pair": ~has_pair,
        }
        return np.asarray(masks[change], dtype=bool)

    def _flipped(self, flip: str) -> Mask:
        mark, has_pair = pass_mark(self.panel).score - ROUNDING, self._pairing.has_pair
        before, after = self._pairing.before >= mark, self._pairing.after >= mark
        fell, rose = has_pair & before & ~after, has_pair & ~before & after
        return np.asarray({"to fail": fell, "to pass": rose, "any": fell | rose}[flip], dtype=bool)

    def _items_of(self, rows: Mask) -> Mask:
        """The items of which one of both sides' rows is among these."""
        return np.asarray(
            np.any([(rows[side.rows] & (side.rows >= 0)).any(axis=1) for side in self._pairing.sides], axis=0),
            dtype=bool,
        )

    def _found(self, text: str) -> Mask:
        rows, ids = self.search(text)
        wanted, columns = text.casefold(), self.columns
        known = {name for name in columns.item.values if name in ids or wanted in name.casefold()}
        items = np.array([name in known for name in columns.item.values], dtype=bool)
        cases = np.array([wanted in case.casefold() for case in columns.case.values], dtype=bool)
        here = items[columns.item.codes[self._any_row]]
        if len(cases):
            here |= cases[columns.case.codes[self._any_row]]
        return np.asarray(here | self._items_of(rows), dtype=bool)

    def _row(self, place: int, before: Numbers, after: Numbers) -> PairRow:
        row, columns = int(self._any_row[place]), self.columns
        old, new = _known(before[place]), None if self.is_alone else _known(after[place])
        difference = None if old is None or new is None else new - old
        return PairRow(
            item_id=columns.item.text(row),
            case=columns.case.text(row),
            phase=columns.phase.text(row),
            topic=columns.topic.text(row),
            difficulty=columns.difficulty.text(row),
            split=columns.split.text(row),
            tags=columns.tags.of(row),
            baseline=old,
            candidate=new,
            difference=difference,
            change=_change(difference, self.margin),
            flip=self._flip(place),
            flags=tuple(dict.fromkeys(flag for number in self._rows_of(place) for flag in columns.flags.of(number))),
            reason=self._reason(place),
        )

    def _rows_of(self, place: int) -> list[int]:
        sides = self._pairing.sides[:1] if self.is_alone else self._pairing.sides
        return [number for side in sides for number in side.rows[place].tolist() if number >= 0]

    def _flip(self, place: int) -> Flip:
        old, new = _known(self._pairing.before[place]), _known(self._pairing.after[place])
        if old is None or new is None:
            return ""
        mark = pass_mark(self.panel)
        if mark.passes(old) == mark.passes(new):
            return ""
        return "to fail" if mark.passes(old) else "to pass"

    def _reason(self, place: int) -> str:
        columns = self.columns
        reasons = [columns.reason.text(row) for row in self._rows_of(place) if np.isnan(columns.score[row])]
        return " · ".join(dict.fromkeys(filter(None, reasons)))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _change(difference: float | None, margin: float) -> Change:
    if difference is None:
        return "no pair"
    if abs(difference) <= margin + ROUNDING:
        return "same"
    return "better" if difference > 0 else "worse"
