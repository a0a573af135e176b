"""Answers the questions of the progression dashboard (ledger A4, A5)."""

from __future__ import annotations

from datetime import datetime

from coaching_core.clock import Clock, utc_now
from coaching_core.errors import InvalidInputError
from coaching_core.progression import repository
from coaching_core.progression.ema import ProgressionSettings, band, ema_series, next_band
from coaching_core.progression.levels import Scope
from coaching_core.progression.models import (
    Cohort,
    FocusCount,
    History,
    Person,
    ProgressPoint,
    TopError,
    WhatIf,
)
from coaching_core.storage.database import Database


class ProgressionService:
    """Levels of people on their focuses: one person's way, a cohort's movement, what other settings would change.

    Args:
        database: The store.
        settings: The live settings.
        clock: The present, for periods that end now.
    """

    def __init__(self, database: Database, settings: ProgressionSettings | None = None, clock: Clock = utc_now) -> None:
        self._database = database
        self.settings = settings or ProgressionSettings()
        self._clock = clock

    def people(self, tenant_id: str) -> tuple[Person, ...]:
        """Everybody to choose from, by name."""
        with self._database.analytic() as connection:
            return repository.select_people(connection, tenant_id)

    def focuses(self, tenant_id: str) -> tuple[FocusCount, ...]:
        """Every focus to choose from, by title, with its counts."""
        with self._database.analytic() as connection:
            return repository.select_focuses(connection, tenant_id)

    def history(
        self, tenant_id: str, user_id: str, focus_id: str, settings: ProgressionSettings | None = None
    ) -> History:
        """The scores of one person on one focus with the average after each.

        Args:
            settings: For a what-if curve; None takes the live ones.

        Returns:
            A history without points when nothing has been scored; its average is then None.
        """
        used = settings or self.settings
        with self._database.read() as connection:
            scored = repository.select_scores(connection, tenant_id, user_id, focus_id)
        averages = ema_series([one.score for one in scored], used.alpha, used.window)
        points = tuple(
            ProgressPoint(one.at, one.score, average, one.explanation_text, one.id, one.kind)
            for one, average in zip(scored, averages, strict=True)
        )
        if not averages:
            return History(points, used, ema=None, band=None, next_band=None, distance=None)
        above = next_band(averages[-1], used)
        return History(
            points,
            used,
            ema=averages[-1],
            band=band(averages[-1], used),
            next_band=above[0] if above else None,
            distance=above[1] if above else None,
        )

    def cohort(self, tenant_id: str, focus_id: str | None, start: datetime, end: datetime) -> Cohort:
        """Who moved between bands from one moment to another, both included.

        Args:
            focus_id: Counts people on this focus; None counts pairs of person and focus.

        Raises:
            InvalidInputError: The end lies before the start.
        """
        if end < start:
            raise InvalidInputError("The end of the period lies before its start.", field="end")
        before, after = Scope(tenant_id, focus_id, until=start), Scope(tenant_id, focus_id, until=end)
        with self._database.analytic() as connection:
            return Cohort(start, end, repository.select_moves(connection, before, after, self.settings))

    def what_if(self, tenant_id: str, focus_id: str | None, settings: ProgressionSettings) -> WhatIf:
        """Who would change level if the settings were these instead of the live ones.

        Args:
            focus_id: None looks at every focus.
        """
        scope = Scope(tenant_id, focus_id)
        with self._database.analytic() as connection:
            changes = repository.select_changes(connection, scope, self.settings, settings)
            return WhatIf(settings, changes, repository.count_levels(connection, scope))

    def top_errors(
        self, tenant_id: str, focus_id: str | None, since: datetime, until: datetime | None = None, limit: int = 10
    ) -> tuple[TopError, ...]:
        """The most frequent mistakes, with the change from the period of the same length before.

        Args:
            focus_id: None looks at every focus.
            since: Start of the period, included.
            until: Its end, not included; None means now.
            limit: How many sorts of mistake at most.

        Raises:
            InvalidInputError: The period is empty.
        """
        end = until or self._clock()
        if end <= since:
            raise InvalidInputError("The period ends before it starts.", field="until")
        periods = repository.ErrorPeriods(tenant_id, focus_id, since - (end - since), since, end)
        with self._database.analytic() as connection:
            return repository.select_top_errors(connection, periods, limit)
