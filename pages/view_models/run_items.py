"""The items of a comparison: a page of them, what a filter keeps, and what comes before and after one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, cast

from evals.results.pages import Change, Order, Page, PageQuery, PairRow, PairView
from pages.view_models import words
from pages.view_models.datasets import ordered

PAGE_ROWS = 50
"""Items of one page."""


class Show(StrEnum):
    """Which items to show."""

    WORSE = "Worse"
    BETTER = "Better"
    FAILED = "Failed"
    ALL = "All"


_CHANGES: Mapping[Show, Change | None] = {
    Show.WORSE: "worse",
    Show.BETTER: "better",
    Show.FAILED: "no pair",
    Show.ALL: None,
}

ORDERS: Mapping[str, str] = {
    "": "Largest change first",
    "item": "By item",
    "baseline": "Lowest baseline first",
    "candidate": "Lowest candidate first",
}

MARKS: Mapping[str, str] = {
    "": "Any",
    "to fail": "Pass to fail",
    "to pass": "Fail to pass",
    "any": "Either flip",
    "flagged": "Flagged by the judge",
}

FIELDS = ("phase", "topic", "difficulty", "split", "tag")
"""What items are filtered by, besides words and marks."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person looks for among the items.

    Attributes:
        fields: Of :data:`FIELDS`, only those that are chosen.
        mark: A key of :data:`MARKS`.
        order: A key of :data:`ORDERS`.
    """

    show: Show
    fields: Mapping[str, str]
    mark: str = ""
    order: str = ""
    text: str = ""

    @property
    def narrowed(self) -> int:
        """How many filters are set, beside what is shown and searched."""
        return len(self.fields) + bool(self.mark) + bool(self.order)

    def query(self, page: int, alone: bool) -> PageQuery:
        """The same for the table, from page 0 on."""
        order = self.order or ("best" if self.show is Show.BETTER else "worst")
        flip = (
            cast(Literal["to fail", "to pass", "any"], self.mark)
            if self.mark in ("to fail", "to pass", "any")
            else None
        )
        return PageQuery(
            order=cast(Order, "baseline" if alone and order != "item" else order),
            change=_CHANGES[self.show],
            flip=flip,
            flagged=self.mark == "flagged",
            search=self.text.strip(),
            offset=page * PAGE_ROWS,
            limit=PAGE_ROWS,
            phase=self.fields.get("phase"),
            topic=self.fields.get("topic"),
            difficulty=self.fields.get("difficulty"),
            split=self.fields.get("split"),
            tag=self.fields.get("tag"),
        )


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item in the table.

    Attributes:
        change: Candidate − baseline; None where one side has no score.
        marks: What to know of it, in words: flips, flags, why a score is missing.
    """

    item: str
    case: str
    baseline: float | None
    candidate: float | None
    change: float | None
    marks: str


def item_lines(page: Page, alone: bool) -> list[ItemLine]:
    """A page as the table shows it."""
    return [_line(row, alone) for row in page.rows]


def _line(row: PairRow, alone: bool) -> ItemLine:
    flips = {"to fail": "now fails", "to pass": "now passes", "": ""}
    marks = [flips[row.flip], "flagged" if row.flags else "", row.reason]
    before, after = (None, row.baseline) if alone else (row.baseline, row.candidate)
    return ItemLine(row.item_id, row.case, before, after, row.difference, " · ".join(filter(None, marks)))


@dataclass(frozen=True, slots=True)
class Choices:
    """The values that items can be filtered by; fields with a single value are missing."""

    values: Mapping[str, tuple[str, ...]]


def choices_of(view: PairView) -> Choices:
    """What there is to filter by, in reading order."""
    columns = view.columns
    found = {name: getattr(columns, name).values for name in ("phase", "topic", "difficulty", "split")}
    found["tag"] = columns.tags.members.values
    return Choices({name: tuple(ordered(filter(None, found[name]))) for name in FIELDS if len(found[name]) > 1})


def table_heading(show: Show, candidate: str, compared: bool) -> str:
    """The heading of the table of items."""
    if not compared:
        return "Failed items" if show is Show.FAILED else "Items, lowest score first"
    return {
        Show.WORSE: f"Worse in {candidate}, largest first",
        Show.BETTER: f"Better in {candidate}, largest first",
        Show.FAILED: "Items with a failure",
        Show.ALL: f"All items, worst in {candidate} first",
    }[show]


def span_words(page: Page, number: int) -> str:
    """1–50 of 9 870 items, as a sentence."""
    if not page.total:
        return "No item matches."
    first = number * PAGE_ROWS + 1
    last = first + len(page.rows) - 1
    return f"{words.count(first)}–{words.count(last)} of {words.plural(page.total, 'item')}."


def neighbours(ids: list[str], item: str) -> tuple[str | None, str | None]:
    """The items before and after one, in the order of the table; None at an end, and where it is not there."""
    if item not in ids:
        return None, ids[0] if ids else None
    at = ids.index(item)
    return (ids[at - 1] if at else None), (ids[at + 1] if at + 1 < len(ids) else None)
