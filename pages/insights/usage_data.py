"""What the usage screen draws: sums read in one go so that they agree, percentiles and people when they are there."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from coaching_core.llm.accounting import PromptRun
from coaching_core.usage.forecast import DailyCost, Forecast, Smoothed, forecast, smooth
from coaching_core.usage.models import (
    Dimension,
    Options,
    Overview,
    UsageFilter,
    UsageRow,
    UsageSums,
    UsageTimings,
)
from coaching_core.usage.service import UsageService
from evals.bootstrap import Workbench
from pages.components.state import Slot
from pages.view_models.usage_choice import UsageChoice, usage_filter

_LONG_AGO = timedelta(days=3650)
_AT_ONCE = 100_000
"""Of so many attempts, percentiles take no longer than a blink: they are not put off."""

_FORECAST_DAYS = 60
_REST = 20
"""Percentiles are worked out anew after this many times as long as it took, however many calls come in."""

_LEAST_REST = timedelta(seconds=4)


@dataclass(frozen=True, slots=True)
class Late:
    """What takes longer than sums: percentiles, and how many people there were.

    Attributes:
        wanted, by: What it answers.
        attempts: How many there were when it was worked out.
        people: The rows of the breakdown, where they are people under a filter; empty else.
        rested_at: From when on it may be worked out anew.
    """

    wanted: UsageFilter
    by: Dimension
    attempts: int
    timings: UsageTimings
    days: tuple[DailyCost, ...]
    people: tuple[UsageRow, ...]
    rested_at: datetime

    def answers(self, view: UsageView) -> bool:
        """Whether it belongs to this view, though calls may have come in since."""
        return (self.wanted, self.by) == (view.wanted, view.choice.by)

    def is_fresh(self, view: UsageView, now: datetime) -> bool:
        """Whether it need not be worked out anew for this view."""
        return self.answers(view) and (self.attempts == view.sums.attempts or now < self.rested_at)


_LATE: Slot[Late | None] = Slot("usage_late", None)


@dataclass(frozen=True, slots=True)
class UsageView:
    """Everything on the screen but the list of calls.

    Attributes:
        wanted: What was asked of the store.
        days: Costs of the days of two months or the period, whichever is longer; people only in ``late``.
        late: None while it is not there yet; may be a little older than the sums.
        names: What topics, and in the breakdown people, are called.
        read_at: When this was read.
    """

    choice: UsageChoice
    wanted: UsageFilter
    overview: Overview
    days: tuple[DailyCost, ...]
    names: Mapping[str, str]
    read_at: datetime
    late: Late | None = None
    pending: bool = False

    @property
    def sums(self) -> UsageSums:
        """The sums over the period."""
        return self.overview.now

    @property
    def rows(self) -> tuple[UsageRow, ...]:
        """The breakdown; empty while it is not there yet."""
        if not _filtered_people(self.wanted, self.choice.by):
            return self.overview.rows
        return () if self.late is None else self.late.people

    @property
    def timings(self) -> UsageTimings | None:
        """The percentiles; None while they are not there yet."""
        return None if self.late is None else self.late.timings

    def smoothed(self) -> tuple[Smoothed, ...]:
        """Moving averages by day; those of people only when they are counted."""
        return smooth(self.late.days if self.late is not None else self.days)

    def forecast(self) -> Forecast:
        """What comes, as of when this was read."""
        return forecast(self.days, self.read_at)


def read_view(workbench: Workbench, choice: UsageChoice, tenant: str, now: datetime) -> UsageView:
    """Ask the services for the screen's numbers."""
    usage, wanted = workbench.core.usage, usage_filter(choice, tenant)
    view = UsageView(
        choice=choice,
        wanted=wanted,
        overview=usage.overview(wanted, _quick(wanted, choice.by), choice.stacked_by),
        days=usage.daily_costs(_history(wanted, now), with_users=False),
        names=_names(workbench, choice, tenant),
        read_at=now,
    )
    late = _LATE.get()
    if late is not None and late.is_fresh(view, now):
        return replace(view, late=late)
    if view.sums.attempts <= _AT_ONCE:
        return replace(view, late=work_out(usage, view, now))
    known = late if late is not None and late.answers(view) else None
    return replace(view, late=known, pending=True)


def work_out(usage: UsageService, view: UsageView, now: datetime) -> Late:
    """Work out what takes longer, and keep it for the next look; what was worked out meanwhile is taken as it is."""
    known, begun = _LATE.get(), time.perf_counter()
    if known is not None and known.is_fresh(view, now):
        return known
    timings = usage.timings(view.wanted, view.choice.by)
    days = usage.daily_costs(_history(view.wanted, now))
    people = usage.by(view.wanted, Dimension.USER) if _filtered_people(view.wanted, view.choice.by) else ()
    rest = max(_LEAST_REST, _REST * timedelta(seconds=time.perf_counter() - begun))
    late = Late(view.wanted, view.choice.by, view.sums.attempts, timings, days, people, now + rest)
    _LATE.set(late)
    return late


def read_options(usage: UsageService, choice: UsageChoice, tenant: str) -> Options:
    """What was called in the period, whatever else is filtered."""
    return usage.options(usage_filter(choice.unfiltered(), tenant))


def latest_call(usage: UsageService, tenant: str, now: datetime) -> PromptRun | None:
    """The newest call of a tenant, whenever it was."""
    page = usage.prompt_runs(UsageFilter(tenant, now - _LONG_AGO, now + timedelta(days=1)), limit=1)
    return page.runs[0] if page.runs else None


def _filtered_people(wanted: UsageFilter, by: Dimension) -> bool:
    """Whether each call has to be looked at to say what people took."""
    others = (wanted.provider, wanted.model, wanted.topic_id, wanted.prompt_version, wanted.purpose)
    return by is Dimension.USER and any(one is not None for one in others)


def _quick(wanted: UsageFilter, by: Dimension) -> Dimension:
    return Dimension.MODEL if _filtered_people(wanted, by) else by


def _history(wanted: UsageFilter, now: datetime) -> UsageFilter:
    """The days a forecast and moving averages look at: two more than are shown, two months at least."""
    since = min(wanted.since - timedelta(days=2), now - timedelta(days=_FORECAST_DAYS))
    return replace(wanted, since=since.replace(hour=0, minute=0, second=0, microsecond=0), until=now)


def _names(workbench: Workbench, choice: UsageChoice, tenant: str) -> dict[str, str]:
    names = {each.topic.topic_id: each.topic.name for each in workbench.core.prompts.list_topics()}
    if choice.by is not Dimension.USER:
        return names
    return names | {coachee.id: coachee.name for coachee in workbench.core.assessments.coachees(tenant)}
