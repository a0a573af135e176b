"""Keeps coachees, their focuses and their assessments (ledger A1, A7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa

from coaching_core.assessments import repository
from coaching_core.assessments.models import (
    MOST_ACTIVE_FOCUSES,
    Assessment,
    Coachee,
    Focus,
    UserFocus,
    check_groups,
)
from coaching_core.assessments.tables import assessments as assessments_table
from coaching_core.assessments.tables import coachees, focuses, user_focuses
from coaching_core.clock import Clock, IdFactory, new_id, utc_now
from coaching_core.errors import ConflictError, InvalidAssessmentError, InvalidInputError, NotFoundError
from coaching_core.storage.database import Database
from coaching_core.storage.unit_of_work import UnitOfWork

_MOST_AT_ONCE = 1_000


class AssessmentService:
    """The door to coachees, focuses and assessments.

    Args:
        database: The store.
        clock: The present.
        ids: Makes ids of records the service makes itself.
    """

    def __init__(self, database: Database, clock: Clock = utc_now, ids: IdFactory = new_id) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids

    def add_coachee(self, coachee: Coachee) -> None:
        """Add a person.

        Raises:
            ConflictError: The tenant has a coachee with this id.
        """
        self._add(coachees, coachee)

    def add_focus(self, focus: Focus) -> None:
        """Add a focus.

        Raises:
            ConflictError: The tenant has a focus with this id.
        """
        self._add(focuses, focus)

    def coachees(self, tenant_id: str) -> tuple[Coachee, ...]:
        """All coachees of a tenant by name."""
        with self._database.read() as connection:
            return repository.select_coachees(connection, tenant_id)

    def focuses(self, tenant_id: str) -> tuple[Focus, ...]:
        """All focuses of a tenant by title."""
        with self._database.read() as connection:
            return repository.select_focuses(connection, tenant_id)

    def user_focuses(self, tenant_id: str, user_id: str) -> tuple[UserFocus, ...]:
        """The focuses a coachee chose: the active ones by position, then those given up, latest first."""
        with self._database.read() as connection:
            return repository.select_user_focuses(connection, tenant_id, user_id)

    def set_user_focuses(self, tenant_id: str, user_id: str, focus_ids: Sequence[str]) -> tuple[UserFocus, ...]:
        """Make exactly these focuses the active ones of a coachee, in this order.

        A focus that stays keeps its start; one taken up again starts anew; the others become inactive.

        Args:
            focus_ids: At most three, the most important first. Empty: none is active.

        Returns:
            The active ones in order.

        Raises:
            InvalidAssessmentError: More than three, or one named twice.
            NotFoundError: The tenant has no such coachee or focus.
        """
        _check_choice(focus_ids)
        with self._database.unit_of_work() as work:
            connection = work.connection
            repository.lock_tenant(connection, tenant_id)
            _require(connection, coachees, tenant_id, (user_id,))
            _require(connection, focuses, tenant_id, focus_ids)
            self._choose(connection, tenant_id, user_id, focus_ids)
            return tuple(
                focus for focus in repository.select_user_focuses(connection, tenant_id, user_id) if focus.active
            )

    def record(self, assessments: Sequence[Assessment]) -> None:
        """Keep these assessments, all or none, in one transaction.

        Raises:
            InvalidAssessmentError: An id comes twice, or the grouping rule is broken.
            ConflictError: One of them has been recorded before.
        """
        with self._database.unit_of_work() as work:
            self.record_in(work, assessments)

    def record_in(self, work: UnitOfWork, assessments: Sequence[Assessment]) -> None:
        """Like :meth:`record`, as a part of a larger transaction."""
        if not assessments:
            return
        twice = [name for name, count in Counter(record.id for record in assessments).items() if count > 1]
        if twice:
            raise InvalidAssessmentError(f"Assessment “{twice[0]}” comes twice.", field="id")
        check_groups(assessments)
        for tenant_id in sorted({record.tenant_id for record in assessments}):
            repository.lock_tenant(work.connection, tenant_id)
        taken = repository.taken_assessment_ids(work.connection, assessments)
        if taken:
            raise ConflictError(f"Assessment “{taken[0]}” has been recorded before. None of these was recorded.")
        repository.insert(work.connection, assessments_table, assessments)

    def last(self, tenant_id: str, user_id: str, focus_id: str, n: int) -> tuple[Assessment, ...]:
        """The newest assessments of a person on a focus, of every kind, newest first.

        Args:
            n: How many at most, 1 to 1000.
        """
        if not 1 <= n <= _MOST_AT_ONCE:
            raise InvalidInputError(f"Ask for 1 to {_MOST_AT_ONCE} assessments, not {n}.", field="n")
        with self._database.read() as connection:
            return repository.select_last(connection, tenant_id, user_id, focus_id, n)

    def latest_summary(self, tenant_id: str, session_id: str) -> Assessment | None:
        """The newest summary of a session, or None when it has none yet."""
        with self._database.read() as connection:
            return repository.select_latest_summary(connection, tenant_id, session_id)

    def by_group(self, tenant_id: str, group_id: str) -> tuple[Assessment, ...]:
        """All assessments of one multi-turn evaluation, oldest first."""
        with self._database.read() as connection:
            return repository.select_group(connection, tenant_id, group_id)

    def _add(self, table: sa.Table, record: Coachee | Focus) -> None:
        with self._database.unit_of_work() as work:
            repository.lock_tenant(work.connection, record.tenant_id)
            if repository.known_ids(work.connection, table, record.tenant_id, (record.id,)):
                raise ConflictError(f"There is a {type(record).__name__.lower()} “{record.id}” already.")
            repository.insert(work.connection, table, (record,))

    def _choose(self, connection: sa.Connection, tenant_id: str, user_id: str, focus_ids: Sequence[str]) -> None:
        now = self._clock()
        known = {focus.focus_id: focus for focus in repository.select_user_focuses(connection, tenant_id, user_id)}
        dropped = [focus for name, focus in known.items() if focus.active and name not in focus_ids]
        repository.deactivate_user_focuses(connection, dropped, now)
        for position, focus_id in enumerate(focus_ids, start=1):
            before = known.get(focus_id)
            if before is not None and before.active and before.position == position:
                continue
            record = UserFocus.create(
                id=before.id if before else self._ids(),
                tenant_id=tenant_id,
                user_id=user_id,
                focus_id=focus_id,
                position=position,
                active=True,
                started_at=before.started_at if before and before.active else now,
                updated_at=now,
            )
            if before:
                repository.update_user_focus(connection, record)
            else:
                repository.insert(connection, user_focuses, (record,))


def _check_choice(focus_ids: Sequence[str]) -> None:
    if len(focus_ids) > MOST_ACTIVE_FOCUSES:
        raise InvalidAssessmentError(
            f"At most {MOST_ACTIVE_FOCUSES} focuses can be active, {len(focus_ids)} given. Leave some out.",
            field="focus_ids",
        )
    if len(set(focus_ids)) != len(focus_ids):
        raise InvalidAssessmentError("A focus is named twice.", field="focus_ids")


def _require(connection: sa.Connection, table: sa.Table, tenant_id: str, ids: Sequence[str]) -> None:
    missing = set(ids) - repository.known_ids(connection, table, tenant_id, ids)
    if missing:
        what = "coachee" if table is coachees else "focus"
        raise NotFoundError(f"There is no {what} “{min(missing)}”.")
