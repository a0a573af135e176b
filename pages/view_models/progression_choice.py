"""Whose progress on what is looked at, and when: read from the link, written back to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from coaching_core.assessments.models import UserFocus
from coaching_core.progression.models import FocusCount, Person

RANGES = (30, 60, 90)
"""Days that can be looked at with one click; today is the last of them."""

CUSTOM = 0
"""Stands for two dates of one's own in place of a number of days."""

USUAL_DAYS = 60
QUERY_KEYS = ("person", "focus", "range", "from", "to")
"""What of an address belongs to this screen."""


@dataclass(frozen=True, slots=True)
class Period:
    """Which days are looked at.

    Attributes:
        days: How many, or :data:`CUSTOM`.
        first, last: In the viewer's zone, both included.
    """

    days: int
    first: date
    last: date

    def start(self, zone: tzinfo) -> datetime:
        """The first day's midnight."""
        return datetime.combine(self.first, time(), zone)

    def end(self, zone: tzinfo, now: datetime) -> datetime:
        """The end of the last day, at most now."""
        return min(datetime.combine(self.last + timedelta(days=1), time(), zone), now)

    def words(self) -> str:
        """``Last 60 days``, or two dates."""
        if self.days:
            return f"Last {self.days} days"
        return f"{self.first.day} {self.first:%b} to {self.last.day} {self.last:%b %Y}"


@dataclass(frozen=True, slots=True)
class ProgressionChoice:
    """What the selects hold.

    Attributes:
        notes: What the link asked for and could not be had.
    """

    person: Person
    focus: FocusCount
    period: Period
    notes: tuple[str, ...] = ()

    def query(self) -> dict[str, str]:
        """The query of a link to this view."""
        query = {"person": self.person.user_id, "focus": self.focus.focus_id}
        period = self.period
        if period.days == CUSTOM:
            return query | {"range": "custom", "from": period.first.isoformat(), "to": period.last.isoformat()}
        return query if period.days == USUAL_DAYS else query | {"range": str(period.days)}


def read_period(query: Mapping[str, str], today: date) -> Period:
    """The days a link means; what it does not say, or says wrongly, is the usual."""
    text = query.get("range", "")
    if text == "custom":
        first, last = _day(query.get("from")), _day(query.get("to"))
        if first and last and first <= last and first <= today:
            return Period(CUSTOM, first, min(last, today))
    days = int(text) if text in {str(each) for each in RANGES} else USUAL_DAYS
    return Period(days, today - timedelta(days=days - 1), today)


def choose_person(people: Sequence[Person], asked: str | None) -> tuple[Person, str]:
    """The person a link names, else the one with most scores; and what to say when there is no such person."""
    named = next((person for person in people if person.user_id == asked), None)
    if named is not None:
        return named, ""
    usual = max(people, key=lambda person: person.scores)
    return usual, f"There is no person “{asked[:60]}” here; {usual.name} is shown instead." if asked else ""


def choose_focus(focuses: Sequence[FocusCount], asked: str | None, own: Sequence[UserFocus]) -> tuple[FocusCount, str]:
    """The focus a link names, else the person's first one, else the one with most scores.

    Args:
        own: The person's focuses, the active ones first.
    """
    by_id = {focus.focus_id: focus for focus in focuses}
    if asked in by_id:
        return by_id[asked], ""
    first = next((by_id[each.focus_id] for each in own if each.focus_id in by_id), None)
    usual = first or max(focuses, key=lambda focus: focus.scores)
    return usual, f"There is no focus “{asked[:60]}” here; {usual.title} is shown instead." if asked else ""


def person_labels(people: Sequence[Person]) -> dict[str, str]:
    """Names to choose from; people of the same name are told apart by their ids."""
    names = [person.name for person in people]
    return {
        person.user_id: person.name if names.count(person.name) == 1 else f"{person.name} ({person.user_id})"
        for person in people
    }


def focus_labels(focuses: Sequence[FocusCount], own: Sequence[UserFocus]) -> dict[str, str]:
    """Focuses to choose from, the person's own first."""
    order = [each.focus_id for each in own]
    place = {focus_id: number for number, focus_id in enumerate(order)}
    ordered = sorted(focuses, key=lambda focus: (place.get(focus.focus_id, len(order)), focus.title))
    titles = [focus.title for focus in focuses]
    return {
        focus.focus_id: focus.title if titles.count(focus.title) == 1 else f"{focus.title} ({focus.focus_id})"
        for focus in ordered
    }


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
