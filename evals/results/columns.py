"""A run's table in memory: one array per column, texts as numbers into a list; without answers and judges' words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evals.comparing.comparison import ItemResult
from evals.judge_spec import Panel
from evals.plan import RunPlan
from evals.results.column_statistics import Codes, Mask, Numbers
from evals.results.records import suffix

_PARTS = 10**12
"""Of a USD; money is counted in them."""


@dataclass(frozen=True, slots=True)
class Texts:
    """A column of texts.

    Attributes:
        codes: For each row a place in ``values``; -1 where there is none.
    """

    codes: Codes
    values: tuple[str, ...]

    def text(self, row: int) -> str:
        """The text of a row; empty where there is none."""
        code = int(self.codes[row])
        return self.values[code] if code >= 0 else ""

    def texts(self, rows: Codes) -> list[str]:
        """The texts of several rows."""
        values = (*self.values, "")  # -1 is the last one
        return [values[code] for code in self.codes[rows].tolist()]


@dataclass(frozen=True, slots=True)
class TextLists:
    """A column of lists of texts, member by member.

    Attributes:
        rows: To which row each member belongs, ascending.
        members: The texts.
    """

    rows: Codes
    members: Texts

    def of(self, row: int) -> tuple[str, ...]:
        """The members of a row."""
        first, last = np.searchsorted(self.rows, (row, row + 1))
        return tuple(self.members.text(place) for place in range(int(first), int(last)))

    def lists(self, rows: Codes) -> list[tuple[str, ...]]:
        """The members of several rows."""
        firsts, lasts = np.searchsorted(self.rows, rows), np.searchsorted(self.rows, rows + 1)
        values, codes = (*self.members.values, ""), self.members.codes.tolist()
        return [
            tuple([values[code] for code in codes[first:last]])
            for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
        ]

    def filled(self, count: int) -> Mask:
        """Which of so many rows have a member."""
        found = np.zeros(count, dtype=bool)
        found[self.rows] = True
        return found


@dataclass(frozen=True, slots=True)
class Places:
    """A column of lists of whole numbers.

    Attributes:
        starts: Where each row's numbers begin in ``values``, and after the last one where they end.
    """

    starts: Codes
    values: Codes

    def of(self, row: int) -> tuple[int, ...]:
        """The numbers of a row."""
        return tuple(self.values[self.starts[row] : self.starts[row + 1]].tolist())


@dataclass(frozen=True, slots=True)
class ResultColumns:
    """The rows of a run, one per answer, as one of its panels sees them.

    Attributes:
        score: NaN where there is none; so are criteria, latency, first token and tokens.
        cost, judge_cost: Whole numbers of 10⁻¹² USD; meaningless where ``cost_known`` (``judge_cost_known``) is False.
        places: Where the lines of a row begin in the journal.
    """

    item: Texts
    variant: Texts
    repeat: Codes
    cluster: Texts
    phase: Texts
    topic: Texts
    difficulty: Texts
    split: Texts
    case: Texts
    tags: TextLists
    status: Texts
    reason: Texts
    score: Numbers
    criteria: dict[str, Numbers]
    flags: TextLists
    cost: Codes
    cost_known: Mask
    judge_cost: Codes
    judge_cost_known: Mask
    latency_ms: Numbers
    ttft_ms: Numbers
    input_tokens: Numbers
    output_tokens: Numbers
    kept: Mask
    places: Places

    def __len__(self) -> int:
        return len(self.repeat)

    def row(self, number: int) -> ItemResult:
        """One row as statistics take it."""
        score = float(self.score[number])
        latency = float(self.latency_ms[number])
        return ItemResult(
            item_id=self.item.text(number),
            variant=self.variant.text(number),
            repeat=int(self.repeat[number]),
            cluster=self.cluster.text(number),
            phase=self.phase.text(number),
            topic=self.topic.text(number),
            tags=self.tags.of(number),
            difficulty=self.difficulty.text(number),
            score=None if np.isnan(score) else score,
            criteria={name: float(found[number]) for name, found in self.criteria.items() if found[number] >= -np.inf},
            cost=money(int(self.cost[number])) if self.cost_known[number] else None,
            latency_ms=None if np.isnan(latency) else latency,
            status=self.status.text(number),
            reason=self.reason.text(number),
            split=self.split.text(number),
            flags=self.flags.of(number),
        )


def money(amount: int) -> Decimal:
    """10⁻¹² USD as USD, exactly."""
    return Decimal(amount) / _PARTS


def wanted_columns(plan: RunPlan, panel: Panel) -> list[str]:
    """The names of the file's columns that :func:`columns_of` needs."""
    behind = suffix(panel, plan.panels[0])
    names = ["item", "variant_id", "repeat", "cluster", "phase", "topic", "difficulty", "split", "case", "tags"]
    names += ["cost_usd", "judge_cost_usd", "latency_ms", "ttft_ms", "input_tokens", "output_tokens", "kept"]
    names += [f"{name}{behind}" for name in ("status", "reason", "score", "flags")]
    return [*names, *(f"score_{one.id}{behind}" for one in panel.rubric.criteria), "journal_places"]


def columns_of(table: pa.Table, plan: RunPlan, panel: Panel) -> ResultColumns:
    """The arrays of a table that has the columns wanted."""
    behind = suffix(panel, plan.panels[0])

    def texts(name: str) -> Texts:
        return _texts(table.column(name))

    def numbers(name: str) -> Numbers:
        return _numbers(table.column(name))

    cost, cost_known = _money(table.column("cost_usd"))
    judge_cost, judge_cost_known = _money(table.column("judge_cost_usd"))
    return ResultColumns(
        item=texts("item"),
        variant=texts("variant_id"),
        repeat=table.column("repeat").to_numpy().astype(np.int64),
        cluster=texts("cluster"),
        phase=texts("phase"),
        topic=texts("topic"),
        difficulty=texts("difficulty"),
        split=texts("split"),
        case=texts("case"),
        tags=_lists(table.column("tags")),
        status=texts(f"status{behind}"),
        reason=texts(f"reason{behind}"),
        score=numbers(f"score{behind}"),
        criteria={one.id: numbers(f"score_{one.id}{behind}") for one in panel.rubric.criteria},
        flags=_lists(table.column(f"flags{behind}")),
        cost=cost,
        cost_known=cost_known,
        judge_cost=judge_cost,
        judge_cost_known=judge_cost_known,
        latency_ms=numbers("latency_ms"),
        ttft_ms=numbers("ttft_ms"),
        input_tokens=numbers("input_tokens"),
        output_tokens=numbers("output_tokens"),
        kept=_truths(table.column("kept")),
        places=_places(table.column("journal_places")),
    )


def _texts(column: Any) -> Texts:
    coded = _whole(column).dictionary_encode()
    codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return Texts(codes, tuple(coded.dictionary.to_pylist()))


def _truths(column: Any) -> Mask:
    return np.array([bool(value) for value in column.to_pylist()], dtype=np.bool_)


def _numbers(column: Any) -> Numbers:
    return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)


def _whole(column: Any) -> Any:
    """A column as one array."""
    found = column.combine_chunks()
    if isinstance(found, pa.ChunkedArray):
        found = pa.concat_arrays(found.chunks) if found.num_chunks else pa.array([], found.type)
    return found


def _places(column: Any) -> Places:
    lists = _whole(column)
    counts = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Places(starts, pc.list_flatten(lists).to_numpy(zero_copy_only=False).astype(np.int64))


def _lists(column: Any) -> TextLists:
    lists = _whole(column)
    rows = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    return TextLists(rows, _texts(pa.chunked_array([pc.list_flatten(lists)])))


def _money(column: Any) -> tuple[Codes, Mask]:
    """Whole parts and which are known; a DECIMAL(24, 12) is kept as such parts, 16 bytes each, the lower half first."""
    amounts = _whole(column)
    known = np.asarray(amounts.is_valid().to_numpy(zero_copy_only=False), dtype=bool)
    halves = np.frombuffer(amounts.buffers()[1] or b"", dtype="<i8").reshape(-1, 2)
    return halves[amounts.offset : amounts.offset + len(amounts), 0].astype(np.int64), known
