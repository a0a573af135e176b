"""What a person wants to see of usage and cost: read from the link, written back to it, asked of the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from coaching_core.llm.types import Purpose
from coaching_core.usage.models import NO_VERSION, Dimension, Only, UsageFilter

RANGES = (1, 2, 7, 14, 30, 90)
"""Days that can be looked at with one click; today is the last of them."""

CUSTOM = 0
"""Stands for two dates of one's own in place of a number of days."""

USUAL_DAYS = 30
FILTERS = ("provider", "model", "topic", "version", "purpose", "user")
_UNSTACKED = (Dimension.DAY, Dimension.HOUR, Dimension.USER)


@dataclass(frozen=True, slots=True)
class UsageChoice:
    """The filter row and the breakdown. What is None is not filtered by.

    Attributes:
        days: Length of the period, or :data:`CUSTOM`.
        first, last: The dates of a custom period (UTC), both included.
        version: Number of a prompt version of the topic.
        by: What the breakdown groups by.
        row: Of the group whose calls are shown, its key, empty for the one without; None for all calls.
        only: What sort of attempts is listed.
        call: Id of the call whose attempts are shown.
    """

    days: int
    first: date
    last: date
    provider: str | None = None
    model: str | None = None
    topic: str | None = None
    version: int | None = None
    purpose: str | None = None
    user: str | None = None
    with_simulated: bool = True
    by: Dimension = Dimension.MODEL
    row: str | None = None
    only: Only | None = None
    call: str | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the period narrows the calls."""
        return not self.with_simulated or any(getattr(self, name) is not None for name in FILTERS)

    @property
    def stacked_by(self) -> Dimension:
        """What the cost per day is stacked by: the breakdown's groups, where they are neither times nor people."""
        return Dimension.MODEL if self.by in _UNSTACKED else self.by

    @property
    def all_tenants(self) -> bool:
        """Comparing tenants, everybody's calls are looked at."""
        return self.by is Dimension.TENANT

    def period_words(self) -> str:
        """The period as it is named after "vs": ``the 30 days before``."""
        days = (self.last - self.first).days + 1
        return "the day before" if days == 1 else f"the {days} days before"

    def unfiltered(self) -> UsageChoice:
        """The same period with nothing left out."""
        return UsageChoice(self.days, self.first, self.last, by=self.by)

    def query(self) -> dict[str, str]:
        """The query of a link to this view; what is usual is left out."""
        query = {} if self.days == USUAL_DAYS else {"range": str(self.days or "custom")}
        if self.days == CUSTOM:
            query |= {"from": self.first.isoformat(), "to": self.last.isoformat()}
        query |= {name: str(value) for name in FILTERS if (value := getattr(self, name)) is not None}
        query |= {} if self.with_simulated else {"simulated": "0"}
        query |= {} if self.by is Dimension.MODEL else {"by": str(self.by)}
        return query | {name: str(value) for name in _LISTING if (value := getattr(self, name)) is not None}


_LISTING = ("row", "only", "call")
QUERY_KEYS = ("range", "from", "to", *FILTERS, "simulated", "by", *_LISTING)
"""What of an address belongs to this screen."""


def read_choice(query: Mapping[str, str], today: date) -> UsageChoice:
    """The view a link means; what it does not say, or says wrongly, is the usual.

    Args:
        query: The address's query.
        today: The date now in UTC.
    """
    days, first, last = _period(query, today)
    return UsageChoice(
        days=days,
        first=first,
        last=last,
        provider=query.get("provider") or None,
        model=query.get("model") or None,
        topic=query.get("topic"),
        version=_number(query.get("version")) if query.get("topic") else None,
        purpose=purpose if (purpose := query.get("purpose")) in set(Purpose) else None,
        user=query.get("user"),
        with_simulated=query.get("simulated") != "0",
        by=Dimension(by) if (by := query.get("by")) in set(Dimension) else Dimension.MODEL,
        row=query.get("row"),
        only=Only(only) if (only := query.get("only")) in set(Only) else None,
        call=query.get("call") or None,
    )


def usage_filter(choice: UsageChoice, tenant_id: str) -> UsageFilter:
    """What the service is asked: whole days (UTC), both ends included."""
    return UsageFilter(
        tenant_id=None if choice.all_tenants else tenant_id,
        since=_start(choice.first),
        until=_start(choice.last + timedelta(days=1)),
        provider=choice.provider,
        model=choice.model,
        topic_id=choice.topic,
        prompt_version=choice.version,
        purpose=None if choice.purpose is None else Purpose(choice.purpose),
        user_id=choice.user,
        include_simulated=choice.with_simulated,
    )


def narrow(wanted: UsageFilter, by: Dimension, row: str) -> UsageFilter:
    """The filter for the calls behind one row of the breakdown.

    Args:
        by: What the rows are groups of.
        row: Key of the row, empty for the group without one; what cannot be a key narrows nothing.
    """
    if by in (Dimension.DAY, Dimension.HOUR):
        return _narrow_time(wanted, by, row)
    changes: dict[str, Any]
    match by:
        case Dimension.PROMPT_VERSION:
            topic, _, version = row.rpartition(" v")
            changes = {"topic_id": topic, "prompt_version": _number(version) or NO_VERSION}
        case Dimension.PURPOSE:
            changes = {"purpose": Purpose(row)} if row in set(Purpose) else {}
        case Dimension.USER:
            changes = {"user_id": row}
        case Dimension.TOPIC:
            changes = {"topic_id": row}
        case _:
            changes = {{Dimension.TENANT: "tenant_id"}.get(by, str(by)): row}
    return replace(wanted, **changes)


def _narrow_time(wanted: UsageFilter, by: Dimension, row: str) -> UsageFilter:
    length = timedelta(days=1) if by is Dimension.DAY else timedelta(hours=1)
    try:
        start = datetime.fromisoformat(row).replace(tzinfo=UTC)
    except ValueError:
        return wanted
    since, until = max(start, wanted.since), min(start + length, wanted.until)
    return replace(wanted, since=since, until=until) if since < until else wanted


def _period(query: Mapping[str, str], today: date) -> tuple[int, date, date]:
    text = query.get("range", "")
    if text == "custom":
        first, last = _day(query.get("from")), _day(query.get("to"))
        if first and last and first <= last and first <= today:
            return CUSTOM, first, min(last, today)
    days = int(text) if text in {str(each) for each in RANGES} else USUAL_DAYS
    return days, today - timedelta(days=days - 1), today


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
