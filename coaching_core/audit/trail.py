"""The one way into the audit log: a line in the transaction of the change it tells of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from pydantic import JsonValue

from coaching_core.audit.models import Action, Subject
from coaching_core.audit.tables import audit_events
from coaching_core.clock import new_id
from coaching_core.people import Person
from coaching_core.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be written down; fields as in :class:`~coaching_core.audit.models.AuditEvent`."""

    person: Person
    at: datetime
    action: Action
    subject: Subject
    details: Mapping[str, JsonValue] = field(default_factory=dict)
    reason: str = ""


def record(work: UnitOfWork, *deeds: Deed) -> None:
    """Append events; they are kept exactly when the rest of the transaction is."""
    work.connection.execute(sa.insert(audit_events).values([_row(deed) for deed in deeds]))


def _row(deed: Deed) -> dict[str, object]:
    return {
        "id": new_id(),
        "at": deed.at,
        "who": deed.person.name,
        "role": str(deed.person.role),
        "action": str(deed.action),
        "subject_kind": deed.subject.kind,
        "subject_id": deed.subject.id,
        "details": dict(deed.details),
        "reason": deed.reason,
    }
