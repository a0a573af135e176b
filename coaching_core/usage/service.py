"""Answers the questions of the usage and cost dashboards (ledger L7).

Costs are exact sums made by the database; an unknown cost is never 0, it is counted beside the sum.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from decimal import Decimal

import sqlalchemy as sa

from coaching_core.errors import InvalidInputError
from coaching_core.storage.database import Database
from coaching_core.usage import repository
from coaching_core.usage.export import runs_as_csv
from coaching_core.usage.models import (
    NO_USAGE,
    Dimension,
    Headline,
    PromptRunPage,
    RunOrder,
    Totals,
    UsageFilter,
    UsageRow,
)

_LONGEST_PAGE = 1_000
_SMALLEST_MONEY = Decimal("1e-12")


class UsageService:
    """Sums, groups and lists of PromptRuns.

    Args:
        database: The store.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def headline(self, usage_filter: UsageFilter) -> Headline:
        """The sums over the period, and over the one of the same length before it."""
        with self._database.analytic() as connection:
            return Headline(now=_totals(connection, usage_filter), before=_totals(connection, usage_filter.before()))

    def by_day(self, usage_filter: UsageFilter) -> tuple[UsageRow, ...]:
        """The sums for each day (UTC) of the period, earliest first; days without calls are there too."""
        with self._database.analytic() as connection:
            found = {row.key: row for row in repository.select_groups(connection, usage_filter, Dimension.DAY)}
        first = usage_filter.since.astimezone(UTC).date()
        last = (usage_filter.until - timedelta(microseconds=1)).astimezone(UTC).date()
        days = ((first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1))
        return tuple(found.get(day) or UsageRow(day, NO_USAGE) for day in days)

    def by(self, usage_filter: UsageFilter, dimension: Dimension) -> tuple[UsageRow, ...]:
        """The sums for each group: days earliest first, everything else the costliest first."""
        with self._database.analytic() as connection:
            rows = repository.select_groups(connection, usage_filter, Dimension(dimension))
        if dimension == Dimension.DAY:
            return tuple(sorted(rows, key=lambda row: row.key or ""))
        return tuple(sorted(rows, key=_costliest_first))

    def prompt_runs(
        self,
        usage_filter: UsageFilter,
        limit: int = 50,
        offset: int = 0,
        order: RunOrder = RunOrder.NEWEST,
    ) -> PromptRunPage:
        """A page of the calls behind the numbers.

        Args:
            limit: Length of the page, 1 to 1000.
            offset: How many calls come before it.

        Raises:
            InvalidInputError: Limit or offset lies outside.
        """
        if not 1 <= limit <= _LONGEST_PAGE:
            raise InvalidInputError(f"A page holds 1 to {_LONGEST_PAGE} calls, not {limit}.", field="limit")
        if offset < 0:
            raise InvalidInputError("A page cannot begin before the first call.", field="offset")
        with self._database.analytic() as connection:
            runs = repository.select_runs(connection, usage_filter, limit, offset, RunOrder(order))
            return PromptRunPage(runs, repository.count_runs(connection, usage_filter), offset)

    def export_csv(self, usage_filter: UsageFilter) -> bytes:
        """All calls of the filter as CSV, oldest first; safe to open in a spreadsheet."""
        with self._database.analytic() as connection:
            return runs_as_csv(repository.iterate_runs(connection, usage_filter))


def _totals(connection: sa.Connection, usage_filter: UsageFilter) -> Totals:
    usage = repository.select_usage(connection, usage_filter)
    user_days = repository.select_user_days(connection, usage_filter)
    known = usage.unknown_cost_calls < usage.calls
    each = (usage.cost_known / user_days).quantize(_SMALLEST_MONEY) if user_days and known else None
    return Totals(usage, user_days, each)


def _costliest_first(row: UsageRow) -> tuple[Decimal, int, str]:
    return -row.usage.cost_known, -row.usage.calls, row.key or ""
