"""What the webhook is owed, in the store: a restart loses none of it, and each message keeps its id over all tries."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from coaching_core.health.models import AlertEvent, Delivery, DeliveryState, EventKind, Rule
from coaching_core.health.tables import alert_deliveries
from coaching_core.redaction import Redactor
from coaching_core.storage.bulk import insert_rows

_table = alert_deliveries


def message(event: AlertEvent, rule: Rule | None, url: str) -> dict[str, Any]:
    """What the webhook is told about an event: figures and names, nothing a person wrote about it.

    Args:
        rule: The rule it is about; None for a test message.
        url: Where the workbench is.
    """
    document: dict[str, Any] = {
        "id": event.id,
        "type": f"alert.{event.kind}",
        "at": event.at.isoformat(),
        "workbench": url,
    }
    if rule is None:
        return document
    about = {
        "rule": {
            "id": rule.id,
            "name": rule.name,
            "severity": str(rule.severity),
            "measure": str(rule.measure),
            "comparison": str(rule.comparison),
            "threshold": rule.threshold,
            "unit": str(rule.unit),
            "runbook": f"docs/runbooks/alerts.md#{rule.runbook}",
        },
        "subject": event.subject or None,
        "value": event.value,
    }
    masked: dict[str, Any] = Redactor().value(about)
    return document | masked


def add_delivery(connection: sa.Connection, event: AlertEvent, document: dict[str, Any]) -> None:
    """Owe the webhook a message, as part of the transaction that made the event."""
    body = json.dumps(document, ensure_ascii=False)
    owed = Delivery(event.id, event.kind, body, created_at=event.at, due_at=event.at)
    insert_rows(connection, _table, [_row(owed)])


def select_due(connection: sa.Connection, now: datetime, most: int) -> tuple[Delivery, ...]:
    """Messages whose time has come, oldest first."""
    due = sa.select(_table).where(_table.c.state == str(DeliveryState.WAITING), _table.c.due_at <= now)
    rows = connection.execute(due.order_by(_table.c.created_at, _table.c.id).limit(most)).mappings()
    return tuple(_delivery(row) for row in rows)


def select_deliveries(connection: sa.Connection, limit: int) -> tuple[Delivery, ...]:
    """The newest messages, however far they are."""
    rows = connection.execute(sa.select(_table).order_by(_table.c.created_at.desc(), _table.c.id.desc()).limit(limit))
    return tuple(_delivery(row) for row in rows.mappings())


def update_delivery(connection: sa.Connection, delivery: Delivery) -> None:
    """Write down how a try ended."""
    connection.execute(sa.update(_table).where(_table.c.id == delivery.id).values(_row(delivery)))


def drop_ended(connection: sa.Connection, before: datetime) -> None:
    """Forget messages that ended before a moment."""
    connection.execute(sa.delete(_table).where(_table.c.ended_at.is_not(None), _table.c.ended_at < before))


def _row(delivery: Delivery) -> dict[str, Any]:
    return asdict(delivery) | {"event_kind": str(delivery.event_kind), "state": str(delivery.state)}


def _delivery(row: sa.RowMapping) -> Delivery:
    return Delivery(**dict(row) | {"event_kind": EventKind(row["event_kind"]), "state": DeliveryState(row["state"])})
