"""What a person wants to see of usage and cost: read from the link, written back to it, asked of the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from coaching_core.llm.types import Purpose
from coaching_core.usage.models import Dimension, UsageFilter

RANGES = (7, 14, 30, 90)
"""Days that can be looked at with one click; today is the last of them."""

CUSTOM = 0
"""Stands for two dates of one's own in place of a number of days."""

USUAL_DAYS = 30
FILTERS = ("provider", "model", "topic", "purpose")

_STACKED: Mapping[Dimension, str] = {
    Dimension.USER: "user_id",
    Dimension.PROVIDER: "provider",
    Dimension.MODEL: "model",
    Dimension.TOPIC: "topic_id",
    Dimension.PURPOSE: "purpose",
}
"""Dimensions of which one group can be asked for alone, with the filter's field."""


@dataclass(frozen=True, slots=True)
class UsageChoice:
    """The filter row and the breakdown. What is None is not filtered by.

    Attributes:
        days: Length of the period, or :data:`CUSTOM`.
        first, last: The dates of a custom period (UTC), both included.
        by: What the breakdown groups by.
        row: Key of the group whose calls are shown; empty for the group without one, None for all calls.
    """

    days: int
    first: date
    last: date
    provider: str | None = None
    model: str | None = None
    topic: str | None = None
    purpose: str | None = None
    with_simulated: bool = True
    by: Dimension = Dimension.MODEL
    row: str | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the period narrows the calls."""
        return not self.with_simulated or any(getattr(self, name) for name in FILTERS)

    @property
    def stacked_by(self) -> Dimension:
        """What the cost per day is stacked by: the breakdown's groups where they can be asked for one by one."""
        return self.by if self.by in _STACKED else Dimension.MODEL

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
        query |= {name: value for name in FILTERS if (value := getattr(self, name))}
        query |= {} if self.with_simulated else {"simulated": "0"}
        query |= {} if self.by is Dimension.MODEL else {"by": str(self.by)}
        return query if self.row is None else query | {"row": self.row}


QUERY_KEYS = ("range", "from", "to", *FILTERS, "simulated", "by", "row")
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
        topic=query.get("topic") or None,
        purpose=purpose if (purpose := query.get("purpose")) in set(Purpose) else None,
        with_simulated=query.get("simulated") != "0",
        by=_dimension(query.get("by", "")),
        row=query.get("row"),
    )


def usage_filter(choice: UsageChoice, tenant_id: str, now: datetime) -> UsageFilter:
    """What the service is asked: from the first day's start (UTC) to the last one's end, at most until now.

    Raises:
        InvalidInputError: The period lies in the future.
    """
    end = datetime.combine(choice.last + timedelta(days=1), time(), UTC)
    return UsageFilter(
        tenant_id=tenant_id,
        since=datetime.combine(choice.first, time(), UTC),
        until=min(end, now),
        provider=choice.provider,
        model=choice.model,
        topic_id=choice.topic,
        purpose=None if choice.purpose is None else Purpose(choice.purpose),
        include_simulated=choice.with_simulated,
    )


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The calls of one group.

    Attributes:
        exact: False when the store cannot list this group alone: then ``wanted`` finds more than it.
    """

    wanted: UsageFilter
    exact: bool


def narrow(wanted: UsageFilter, by: Dimension, row: str) -> Narrowed:
    """The filter for the calls behind one row of the breakdown.

    Args:
        by: What the rows are groups of.
        row: The group's key; empty for the group without one.
    """
    if by in _STACKED and row:
        return Narrowed(only(wanted, by, row), exact=True)
    if by is Dimension.DAY and (start := _start_of(row)):
        since, until = max(start, wanted.since), min(start + timedelta(days=1), wanted.until)
        if since < until:
            return Narrowed(replace(wanted, since=since, until=until), exact=True)
    if by is Dimension.PROMPT_VERSION and row:
        return Narrowed(replace(wanted, topic_id=row.rpartition(" v")[0]), exact=False)
    return Narrowed(wanted, exact=False)


def only(wanted: UsageFilter, by: Dimension, key: str) -> UsageFilter:
    """The filter for one group of a dimension that can be stacked."""
    changes: dict[str, Any] = {_STACKED[by]: Purpose(key) if by is Dimension.PURPOSE else key}
    return replace(wanted, **changes)


def _period(query: Mapping[str, str], today: date) -> tuple[int, date, date]:
    text = query.get("range", "")
    if text == "custom":
        first, last = _day(query.get("from")), _day(query.get("to"))
        if first and last and first <= last and first <= today:
            return CUSTOM, first, min(last, today)
    days = int(text) if text in {str(each) for each in RANGES} else USUAL_DAYS
    return days, today - timedelta(days=days - 1), today


def _dimension(text: str) -> Dimension:
    return Dimension(text) if text in set(Dimension) - {Dimension.TENANT} else Dimension.MODEL


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _start_of(text: str) -> datetime | None:
    day = _day(text)
    return None if day is None else datetime.combine(day, time(), UTC)
