"""Turns keys of groups into what people read, and sums by two keys into rows, steps and stacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from coaching_core.usage.models import NO_USAGE, NO_VERSION, WITHOUT, Dimension, UsageFilter, UsageRow, UsageSums

Key = tuple[Any, ...]
STACKED = 5
"""How many groups a stack tells apart."""


def key_text(dimension: Dimension, key: Key) -> str | None:
    """A group's key as :class:`UsageRow` has it."""
    match dimension:
        case Dimension.DAY:
            return _date(key[0]).isoformat()
        case Dimension.HOUR:
            return f"{key[0]:%Y-%m-%dT%H}"
        case Dimension.PROMPT_VERSION:
            return None if key == (None, None) else f"{key[0] or WITHOUT} v{key[1] or NO_VERSION}"
        case _:
            return None if key[0] is None else str(key[0])


def row_of(dimension: Dimension, key: Key, usage: UsageSums) -> UsageRow:
    """The row of a group."""
    text = key_text(dimension, key)
    if dimension is Dimension.PROMPT_VERSION:
        return UsageRow(text, usage, topic_id=key[0], prompt_version=key[1])
    return UsageRow(text, usage, topic_id=key[0] if dimension is Dimension.TOPIC else None)


def added_up(sums: Iterable[tuple[Key, UsageSums]], part: Callable[[Key], Key]) -> dict[Key, UsageSums]:
    """Sums by fewer columns.

    Args:
        part: Takes the columns that stay from a key.
    """
    found: dict[Key, UsageSums] = {}
    for key, usage in sums:
        less = part(key)
        found[less] = found[less] + usage if less in found else usage
    return found


def sorted_rows(dimension: Dimension, sums: Mapping[Key, UsageSums]) -> tuple[UsageRow, ...]:
    """One row for each group: days and hours earliest first, everything else the costliest first."""
    rows = [row_of(dimension, key, usage) for key, usage in sums.items()]
    if dimension in (Dimension.DAY, Dimension.HOUR):
        return tuple(sorted(rows, key=lambda row: row.key or ""))
    return tuple(sorted(rows, key=lambda row: (-row.usage.cost_known, -row.usage.calls, row.key or "")))


def step_keys(wanted: UsageFilter, step: Dimension) -> tuple[str, ...]:
    """The keys of all days, or hours, that a period touches, earliest first."""
    length = timedelta(hours=1) if step is Dimension.HOUR else timedelta(days=1)
    at, last = wanted.since.astimezone(UTC), wanted.until.astimezone(UTC) - timedelta(microseconds=1)
    at = at.replace(minute=0, second=0, microsecond=0, hour=at.hour if step is Dimension.HOUR else 0)
    keys = []
    while at <= last:
        keys.append(key_text(step, (at,)) or "")
        at += length
    return tuple(keys)


def steps(wanted: UsageFilter, step: Dimension, sums: Mapping[Key, UsageSums]) -> tuple[UsageRow, ...]:
    """One row for each day or hour of the period, without holes."""
    found = {key_text(step, key): usage for key, usage in sums.items()}
    return tuple(UsageRow(key, found.get(key, NO_USAGE)) for key in step_keys(wanted, step))


def stack(
    keys: Sequence[str], rows: Sequence[UsageRow], costs: Mapping[tuple[str | None, str | None], Decimal]
) -> dict[str, tuple[Decimal, ...]]:
    """What the costliest groups cost at each step.

    Args:
        keys: Of the steps.
        rows: The groups, the costliest first.
        costs: By the keys of step and group.
    """
    costly = [row.key for row in rows if row.key and row.usage.cost_known][:STACKED]
    return {group: tuple(costs.get((step, group), Decimal(0)) for step in keys) for group in costly}


def _date(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value
