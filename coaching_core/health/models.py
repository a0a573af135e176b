"""Alert rules, their states and what is measured for them (ledger O4, L6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Measure(StrEnum):
    """What a rule looks at. Times are seconds, shares 0 to 1, money USD."""

    CHAT_TURN_P95 = "chat_turn_p95"
    CHAT_TTFT_P95 = "chat_ttft_p95"
    CHAT_ERROR_SHARE = "chat_error_share"
    PROVIDER_ERROR_SHARE = "provider_error_share"
    TIMEOUTS_IN_A_ROW = "timeouts_in_a_row"
    ANALYSIS_P95 = "analysis_p95"
    SUMMARY_P95 = "summary_p95"
    ASSESSMENT_P95 = "assessment_p95"
    ASSESSMENT_ERROR_SHARE = "assessment_error_share"
    ASSESSMENT_BACKLOG = "assessment_backlog"
    COST_TODAY = "cost_today"
    COST_FORECAST = "cost_forecast_24h"
    COST_PER_USER = "cost_per_daily_user_3d"
    LIMIT_USED = "limit_used"
    STORE_ERROR_SHARE = "store_error_share"
    STORE_P95 = "store_p95"
    RETRIEVAL_ERROR_SHARE = "retrieval_error_share"
    RETRIEVAL_P95 = "retrieval_p95"
    BAD_KEYS = "bad_keys_per_minute"
    AVAILABILITY = "availability"


class Unit(StrEnum):
    """What a measure is counted in."""

    SECONDS = "s"
    SHARE = "share"
    USD = "usd"
    COUNT = "count"


UNITS: dict[Measure, Unit] = {
    **dict.fromkeys(Measure, Unit.SECONDS),
    **dict.fromkeys((each for each in Measure if each.endswith("_share")), Unit.SHARE),
    **dict.fromkeys((each for each in Measure if each.startswith("cost_")), Unit.USD),
    Measure.LIMIT_USED: Unit.SHARE,
    Measure.AVAILABILITY: Unit.SHARE,
    Measure.TIMEOUTS_IN_A_ROW: Unit.COUNT,
    Measure.ASSESSMENT_BACKLOG: Unit.COUNT,
    Measure.BAD_KEYS: Unit.COUNT,
}
"""The unit of each measure."""


class Comparison(StrEnum):
    """On which side of its threshold a value is bad."""

    ABOVE = "above"
    AT_LEAST = "at_least"
    BELOW = "below"


class Severity(StrEnum):
    """How soon somebody should look. ``critical``: people are hurt now."""

    WARNING = "warning"
    CRITICAL = "critical"


class Stage(StrEnum):
    """Where an alert stands.

    ``pending``: bad, but not for long enough yet. ``acknowledged``: firing, and somebody has said that they look.
    """

    OK = "ok"
    PENDING = "pending"
    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"

    @property
    def is_raised(self) -> bool:
        """Whether somebody has been told, and the trouble is not over."""
        return self in (Stage.FIRING, Stage.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class Rule:
    """One alert rule.

    Attributes:
        threshold: In the unit of the measure; a value beyond it is bad.
        window_seconds: How far back a value looks.
        for_seconds: How long it must be bad without a break before somebody is told.
        clear_threshold: A value must come back to here to count as good again: what lies between is neither.
        clear_for_seconds: How long it must be good without a break before the alert ends.
        min_samples: Fewer observations than this are no value at all.
        include_simulated: Simulated models, and the demo's data, count as well.
        note: Why the rule is off, or what to know about it.
        runbook: Name of its section in ``docs/runbooks/alerts.md``.
    """

    id: str
    name: str
    measure: Measure
    threshold: float
    comparison: Comparison = Comparison.ABOVE
    window_seconds: int = 300
    for_seconds: int = 300
    clear_threshold: float | None = None
    clear_for_seconds: int = 300
    min_samples: int = 20
    enabled: bool = True
    severity: Severity = Severity.WARNING
    include_simulated: bool = True
    note: str = ""
    runbook: str = ""

    @property
    def unit(self) -> Unit:
        """The unit of threshold and values."""
        return UNITS[self.measure]

    def is_bad(self, value: float) -> bool:
        """Whether a value lies beyond the threshold."""
        match self.comparison:
            case Comparison.ABOVE:
                return value > self.threshold
            case Comparison.AT_LEAST:
                return value >= self.threshold
            case Comparison.BELOW:
                return value < self.threshold

    def is_good(self, value: float) -> bool:
        """Whether a value lies so far on the right side that it counts as over; some are neither bad nor good."""
        if self.is_bad(value):
            return False
        if self.clear_threshold is None:
            return True
        return value >= self.clear_threshold if self.comparison is Comparison.BELOW else value <= self.clear_threshold


@dataclass(frozen=True, slots=True)
class Sample:
    """What was measured for a rule.

    Attributes:
        value: None when there is nothing to say.
        count: How many observations it stands on.
        subject: What it is about, where a rule looks at several things: a model, a limit; empty for the whole.
        reason: Why there is no value, in words for a person.
        detail: What the value means, in words for a person.
    """

    value: float | None
    count: int = 0
    subject: str = ""
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AlertState:
    """Where one rule stands for one subject.

    Attributes:
        since: When this stage began.
        held_seconds: How long the value has been where it is (bad, good, or between the thresholds) without a break;
            time without data does not count.
        value, count: The last that was measured.
        evaluated_at: When it was last looked at; None for never.
        no_data: Why the last look found nothing; empty when it found something.
        acknowledged_by, acknowledged_at, acknowledged_note: Who looks after it.
    """

    rule_id: str
    subject: str = ""
    stage: Stage = Stage.OK
    since: datetime | None = None
    held_seconds: float = 0.0
    value: float | None = None
    count: int = 0
    detail: str = ""
    evaluated_at: datetime | None = None
    no_data: str = ""
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    acknowledged_note: str = ""


class EventKind(StrEnum):
    """What happened to an alert."""

    FIRING = "firing"
    RESOLVED = "resolved"
    ACKNOWLEDGED = "acknowledged"
    CHANGED = "changed"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """One line of the history of alerts. ``by`` and ``note`` are a person's."""

    id: str
    rule_id: str
    rule_name: str
    subject: str
    kind: EventKind
    at: datetime
    value: float | None = None
    threshold: float | None = None
    by: str | None = None
    note: str = ""


class DeliveryState(StrEnum):
    """Whether the webhook has been told."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way to the webhook.

    Attributes:
        body: What is sent, JSON, without a text of anybody.
        due_at: When it is tried next.
        answer: How the last try ended, in words for a person.
    """

    id: str
    event_kind: EventKind
    body: str
    created_at: datetime
    due_at: datetime
    attempts: int = 0
    state: DeliveryState = DeliveryState.WAITING
    answer: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one look at a rule brought: where it stands now, and what is to be told, if anything."""

    state: AlertState
    event: EventKind | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule and where it stands, for one subject."""

    rule: Rule
    state: AlertState = field(default_factory=lambda: AlertState(""))
