"""Reads and writes rules, states, events and probes, and says which process evaluates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from coaching_core.health.models import (
    AlertEvent,
    AlertState,
    Comparison,
    EventKind,
    Measure,
    Rule,
    Severity,
    Stage,
)
from coaching_core.health.tables import alert_events, alert_rules, alert_states, health_probes, job_leases
from coaching_core.storage.bulk import insert_rows


def select_rules(connection: sa.Connection) -> tuple[Rule, ...]:
    """All rules whose measure this release knows."""
    known = {str(measure) for measure in Measure}
    rows = connection.execute(sa.select(alert_rules)).mappings()
    return tuple(_rule(row) for row in rows if row["measure"] in known)


def add_rules(connection: sa.Connection, rules: Iterable[Rule]) -> None:
    """Add rules whose ids are not there yet; the others stay as they are."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("lock table alert_rules in share row exclusive mode"))
    there = set(connection.scalars(sa.select(alert_rules.c.id)))
    insert_rows(connection, alert_rules, [asdict(rule) for rule in rules if rule.id not in there])


def update_rule(connection: sa.Connection, rule: Rule) -> None:
    """Change a rule."""
    connection.execute(sa.update(alert_rules).where(alert_rules.c.id == rule.id).values(asdict(rule)))


def select_states(connection: sa.Connection) -> tuple[AlertState, ...]:
    """Where all rules stand, for all their subjects."""
    return tuple(
        AlertState(**dict(row) | {"stage": Stage(row["stage"])})
        for row in connection.execute(sa.select(alert_states)).mappings()
    )


def replace_states(connection: sa.Connection, states: Sequence[AlertState]) -> None:
    """Make these the states, all of them."""
    connection.execute(sa.delete(alert_states))
    insert_rows(connection, alert_states, [asdict(state) | {"stage": str(state.stage)} for state in states])


def add_events(connection: sa.Connection, events: Sequence[AlertEvent]) -> None:
    """Add to the history."""
    insert_rows(connection, alert_events, [asdict(event) | {"kind": str(event.kind)} for event in events])


def select_events(connection: sa.Connection, limit: int, offset: int = 0) -> tuple[AlertEvent, ...]:
    """A page of the history, newest first."""
    newest = sa.select(alert_events).order_by(alert_events.c.at.desc(), alert_events.c.id.desc())
    rows = connection.execute(newest.limit(limit).offset(offset)).mappings()
    return tuple(AlertEvent(**dict(row) | {"kind": EventKind(row["kind"])}) for row in rows)


def count_events(connection: sa.Connection) -> int:
    """How long the history is."""
    return connection.scalar(sa.select(sa.func.count()).select_from(alert_events)) or 0


def add_probe(connection: sa.Connection, at: datetime, ok: bool, latency_ms: float) -> None:
    """Keep how a probe ended."""
    insert_rows(connection, health_probes, [{"at": at, "ok": ok, "latency_ms": latency_ms}])


def count_probes(connection: sa.Connection, since: datetime) -> tuple[int, int]:
    """How many probes there were since a moment, and how many of them were answered well."""
    counts = sa.select(sa.func.count(), sa.func.count().filter(health_probes.c.ok)).where(health_probes.c.at >= since)
    row = connection.execute(counts).one()
    return int(row[0]), int(row[1])


def drop_before(connection: sa.Connection, probes: datetime, events: datetime) -> None:
    """Forget probes and history that are older than these moments."""
    connection.execute(sa.delete(health_probes).where(health_probes.c.at < probes))
    connection.execute(sa.delete(alert_events).where(alert_events.c.at < events))


def lock_alerts(connection: sa.Connection) -> None:
    """Be the only one that changes states until the transaction ends; a store of one process needs nothing for it."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("lock table alert_states in share row exclusive mode"))


def take_lease(connection: sa.Connection, name: str, owner: str, now: datetime, seconds: float) -> bool:
    """Whether this process has the right to a job, which it then keeps for so many seconds more."""
    table, until = job_leases, now + timedelta(seconds=seconds)
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("lock table job_leases in share row exclusive mode"))
    row = connection.execute(sa.select(table).where(table.c.name == name)).mappings().first()
    if row is None:
        connection.execute(sa.insert(table).values(name=name, owner=owner, expires_at=until))
        return True
    if row["owner"] != owner and row["expires_at"] > now:
        return False
    connection.execute(sa.update(table).where(table.c.name == name).values(owner=owner, expires_at=until))
    return True


def drop_lease(connection: sa.Connection, name: str, owner: str) -> None:
    """Give the right to a job back, if it is ours."""
    connection.execute(sa.delete(job_leases).where(job_leases.c.name == name, job_leases.c.owner == owner))


def _rule(row: sa.RowMapping) -> Rule:
    typed: dict[str, Any] = {
        "measure": Measure(row["measure"]),
        "comparison": Comparison(row["comparison"]),
        "severity": Severity(row["severity"]),
    }
    return Rule(**dict(row) | typed)
