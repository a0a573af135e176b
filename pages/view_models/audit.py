"""The audit log as a table: what happened in words, and which events a person wants to see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from pydantic import JsonValue

from coaching_core.audit.models import Action, AuditEvent, AuditFilter
from coaching_core.prompts.gate import GateKind, GateRequirement
from pages.view_models.words import interval, plural, signed

ACTION_WORDS = {
    Action.TOPIC_CREATE: "Topic created",
    Action.TOPIC_UPDATE: "Topic changed",
    Action.TOPIC_ACTIVATE: "Topic activated",
    Action.TOPIC_DEACTIVATE: "Topic deactivated",
    Action.VERSION_SAVE: "Version saved",
    Action.VERSION_PUBLISH: "Version published",
    Action.VERSION_ROLL_BACK: "Rolled back",
    Action.GATE_SET: "Publishing rule set",
    Action.GATE_OVERRIDE: "Published past the rule",
    Action.LIMIT_SET: "Limit set",
    Action.LIMIT_PAUSE: "Limit paused",
    Action.LIMIT_RESUME: "Limit resumed",
    Action.LIMIT_WITHDRAW: "Limit withdrawn",
    Action.LIMIT_RESTORE: "Limit restored",
    Action.MODEL_ADD: "Model added",
    Action.MODEL_SET: "Model settings changed",
    Action.MODEL_REMOVE: "Model removed",
    Action.PRICE_SET: "Price set",
    Action.PRICE_WITHDRAW: "Price withdrawn",
    Action.ROLES_SET: "Models of a task set",
}


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A line of the table; ``at`` in the viewer's zone."""

    id: str
    at: datetime
    who: str
    role: str
    what: str
    subject: str
    details: str
    reason: str


@dataclass(frozen=True, slots=True)
class AuditChoice:
    """What a person chose in the filter row. None and an empty text mean any."""

    action: str | None = None
    who: str | None = None
    subject: str = ""
    first: date | None = None
    last: date | None = None

    def wanted(self, zone: tzinfo) -> AuditFilter:
        """The filter this means, with days in the viewer's zone, both ends included."""
        return AuditFilter(
            action=self.action,
            who=self.who,
            subject=self.subject.strip() or None,
            since=None if self.first is None else datetime.combine(self.first, time(), zone),
            until=None if self.last is None else datetime.combine(self.last + timedelta(days=1), time(), zone),
        )

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return self != AuditChoice()


def action_words(action: str) -> str:
    """An action as people read it; one of a newer release as it is."""
    return ACTION_WORDS.get(Action(action), action) if action in set(Action) else action


def audit_rows(events: Iterable[AuditEvent], zone: tzinfo) -> tuple[AuditRow, ...]:
    """The events as rows, in their order."""
    return tuple(
        AuditRow(
            id=event.id,
            at=event.at.astimezone(zone),
            what=action_words(event.action),
            subject=event.subject.id,
            details=details_words(event),
            who=event.who,
            role=event.role.words,
            reason=event.reason,
        )
        for event in events
    )


def details_words(event: AuditEvent) -> str:
    """The details in a short line."""
    facts = event.details
    if event.action == Action.GATE_SET:
        return f"{_rule(facts.get('rule'))}; before: {_rule(facts.get('before'))}"
    if "rule" in facts:
        return f"{_versions(facts)}; {_found(facts)}"
    if "version" in facts:
        return _versions(facts)
    return ", ".join(f"{name.replace('_', ' ')} {_value(value)}" for name, value in facts.items())


def _versions(facts: Mapping[str, JsonValue]) -> str:
    parts = [f"v{facts['version']}"]
    for name, words in (("base", "made on"), ("content_of", "with the content of"), ("before", "in place of")):
        if facts.get(name) is not None:
            parts.append(f"{words} v{facts[name]}")
    return " ".join(parts)


def _found(facts: Mapping[str, JsonValue]) -> str:
    said = f"{_rule(facts.get('rule'))}: {str(facts.get('status') or '').replace('_', ' ')}"
    if facts.get("run_id") is None:
        return said
    mean, low, high, items = (facts.get(name) for name in ("mean", "low", "high", "items"))
    if isinstance(mean, float) and isinstance(low, float) and isinstance(high, float) and isinstance(items, int):
        said += f", {signed(mean)} {interval(low, high)} on {plural(items, 'item')}"
    return f"{said} (run {facts['run_id']})"


def _rule(facts: object) -> str:
    if not isinstance(facts, Mapping) or facts.get("kind") not in set(GateKind):
        return "no rule"
    margin, items = facts.get("margin"), facts.get("least_items")
    rule = GateRequirement(GateKind(facts["kind"]), margin if isinstance(margin, int | float) else 0.0)
    return rule.words + (f", {items}+ items" if isinstance(items, int) else "")


def _value(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
