"""Alerts and their rules as a person reads them: values with their targets, states in words and sign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from coaching_core.health.models import (
    Alert,
    AlertEvent,
    Comparison,
    Delivery,
    DeliveryState,
    EventKind,
    Rule,
    Severity,
    Stage,
    Unit,
)
from pages.view_models.words import DASH, count, moment, plural

Kind = Literal["worse", "warn", "better"]

STAGES: Mapping[Stage, tuple[str, Kind]] = {
    Stage.FIRING: ("▲ Firing", "worse"),
    Stage.ACKNOWLEDGED: ("● Looked after", "warn"),
    Stage.PENDING: ("… Pending", "warn"),
    Stage.OK: ("✓ OK", "better"),
}
"""How a stage is written, and the kind of its tag."""

_SIDES = {Comparison.ABOVE: "above", Comparison.AT_LEAST: "at least", Comparison.BELOW: "below"}
_KINDS = {
    EventKind.FIRING: "▲ Firing",
    EventKind.RESOLVED: "✓ Resolved",
    EventKind.ACKNOWLEDGED: "● Looked after",
    EventKind.CHANGED: "Rule changed",
    EventKind.TEST: "Test message",
}
_DELIVERIES = {
    DeliveryState.WAITING: "… Waiting",
    DeliveryState.DELIVERED: "✓ Delivered",
    DeliveryState.GIVEN_UP: "▼ Given up",
}
_ORDER = {Stage.FIRING: 0, Stage.ACKNOWLEDGED: 1, Stage.PENDING: 2, Stage.OK: 3}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule in the list."""

    id: str
    name: str
    state: str
    value: str
    limit: str
    window: str
    severity: str
    note: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line of the history."""

    at: datetime
    what: str
    alert: str
    value: str
    by: str | None
    note: str


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One message to the webhook."""

    at: datetime
    what: str
    state: str
    attempts: int
    answer: str
    due: datetime | None


def in_unit(value: float | None, unit: Unit) -> str:
    """2.31 s, 3.0 %, $12.50, 7; a dash for what is unknown."""
    if value is None:
        return DASH
    match unit:
        case Unit.SECONDS:
            return f"{value:.2f} s" if value < 100 else f"{value:.0f} s"
        case Unit.SHARE:
            return _percent(value)
        case Unit.USD:
            return f"${value:.2f}" if value == 0 or value >= 0.01 else f"${value:.4f}"
        case Unit.COUNT:
            return count(round(value))


def span(seconds: float) -> str:
    """45 s, 5 min, 3 h, 2 days."""
    for length, one in ((86_400, "day"), (3_600, "h"), (60, "min")):
        if seconds >= length and seconds % length == 0:
            number = int(seconds // length)
            return plural(number, one) if one == "day" else f"{number} {one}"
    return f"{seconds:g} s"


def limit_words(rule: Rule) -> str:
    """When a rule fires: ``above 2.50 s for 5 min``."""
    hold = f" for {span(rule.for_seconds)}" if rule.for_seconds else ""
    return f"{_SIDES[rule.comparison]} {in_unit(rule.threshold, rule.unit)}{hold}"


def rule_words(rule: Rule) -> str:
    """The whole rule in two sentences."""
    end = rule.threshold if rule.clear_threshold is None else rule.clear_threshold
    back = "at least" if rule.comparison is Comparison.BELOW else "at most"
    if rule.clear_threshold is None:
        back = {"above": "at most", "at least": "less than", "below": "at least"}[_SIDES[rule.comparison]]
    return (
        f"It fires {limit_words(rule)}, looking back over {span(rule.window_seconds)}, with "
        f"{plural(rule.min_samples, 'observation')} or more. It ends when it is {back} {in_unit(end, rule.unit)} for "
        f"{span(rule.clear_for_seconds)}."
    )


def subject_words(alert: Alert) -> str:
    """What the alert is called, with its subject."""
    return f"{alert.rule.name}: {alert.state.subject}" if alert.state.subject else alert.rule.name


def value_words(alert: Alert) -> str:
    """The value beside its threshold."""
    value = in_unit(alert.state.value, alert.rule.unit)
    detail = f" ({alert.state.detail})" if alert.state.detail else ""
    return f"{value}{detail}, fires {limit_words(alert.rule)}"


def since_words(alert: Alert, now: datetime, zone: tzinfo | None) -> str:
    """Since when it stands so, and what is known about that."""
    state = alert.state
    if state.since is None:
        return ""
    ago = max(timedelta(0), now - state.since)
    told = f"since {moment(state.since, zone)} ({_length(ago)})"
    if state.no_data:
        told += f". No data now: {state.no_data}"
    if state.stage is Stage.ACKNOWLEDGED and state.acknowledged_at is not None:
        note = f": “{state.acknowledged_note}”" if state.acknowledged_note else ""
        told += f". {state.acknowledged_by} looks after it since {moment(state.acknowledged_at, zone)}{note}"
    return told


def standing(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """What is not well: firing first, critical before the rest, pending last."""
    bad = [alert for alert in alerts if alert.state.stage is not Stage.OK]
    return tuple(
        sorted(
            bad,
            key=lambda alert: (
                _ORDER[alert.state.stage],
                alert.rule.severity is not Severity.CRITICAL,
                alert.rule.name,
                alert.state.subject,
            ),
        )
    )


def summary(alerts: Sequence[Alert], now: datetime) -> str:
    """The answer in a sentence."""
    looked = [alert.state.evaluated_at for alert in alerts if alert.state.evaluated_at is not None]
    raised = [alert for alert in alerts if alert.state.stage.is_raised]
    pending = sum(alert.state.stage is Stage.PENDING for alert in alerts)
    if not looked:
        return "The rules have not been looked at yet; that happens every 15 seconds."
    age = (now - max(looked)).total_seconds()
    late = f" The last look was {_length(timedelta(seconds=age))} ago." if age > 90 else ""
    if raised:
        begin = f"{plural(len(raised), 'alert')} {'is' if len(raised) == 1 else 'are'} firing"
        return f"{begin}{f', {count(pending)} pending' if pending else ''}.{late}"
    if pending:
        return f"Nothing is firing; {plural(pending, 'alert')} {'is' if pending == 1 else 'are'} pending.{late}"
    quiet = sum(alert.rule.enabled and bool(alert.state.no_data) for alert in alerts)
    watched = sum(alert.rule.enabled for alert in alerts)
    silent = f" {count(quiet)} of {count(watched)} rules have no data at present." if quiet else ""
    return f"Nothing is wrong.{silent}{late}"


def rule_rows(alerts: Sequence[Alert]) -> list[RuleRow]:
    """The rules, each with its worst subject, in their own order."""
    worst: dict[str, Alert] = {}
    for alert in sorted(alerts, key=lambda alert: _ORDER[alert.state.stage]):
        worst.setdefault(alert.rule.id, alert)
    order = list(dict.fromkeys(alert.rule.id for alert in alerts))
    return [_rule_row(worst[rule_id]) for rule_id in order]


def event_rows(events: Iterable[AlertEvent], rules: Mapping[str, Rule], zone: tzinfo | None) -> list[EventRow]:
    """The history as a table is given it."""
    return [
        EventRow(
            at=event.at.astimezone(zone),
            what=_KINDS[event.kind],
            alert=f"{event.rule_name}: {event.subject}" if event.subject else event.rule_name,
            value=in_unit(event.value, rules[event.rule_id].unit) if event.rule_id in rules else DASH,
            by=event.by,
            note=event.note,
        )
        for event in events
    ]


def delivery_rows(deliveries: Iterable[Delivery], zone: tzinfo | None) -> list[DeliveryRow]:
    """Messages to the webhook as a table is given them."""
    return [
        DeliveryRow(
            at=each.created_at.astimezone(zone),
            what=_KINDS[each.event_kind],
            state=_DELIVERIES[each.state],
            attempts=each.attempts,
            answer=each.answer,
            due=each.due_at.astimezone(zone) if each.state is DeliveryState.WAITING else None,
        )
        for each in deliveries
    ]


def _rule_row(alert: Alert) -> RuleRow:
    rule, state = alert.rule, alert.state
    shown = STAGES[state.stage][0] if rule.enabled else "Off"
    if rule.enabled and state.stage is Stage.OK and (state.no_data or state.value is None):
        shown = f"{DASH} No data"
    return RuleRow(
        id=rule.id,
        name=rule.name,
        state=shown,
        value=in_unit(state.value, rule.unit),
        limit=limit_words(rule),
        window=span(rule.window_seconds),
        severity=str(rule.severity).capitalize(),
        note=state.no_data or rule.note if rule.enabled else rule.note,
    )


def _percent(share: float) -> str:
    value = 100 * share
    digits = 0 if value >= 10 and value == round(value) else 2 if 99 < value < 100 else 1
    return f"{value:.{digits}f} %"


def _length(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    if minutes < 1:
        return f"{int(time.total_seconds())} s"
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 2 * 24 * 60 else f"{minutes // (24 * 60)} days"
