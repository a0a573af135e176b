"""What the usage screen draws, read in one go so that its parts agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from coaching_core.llm.accounting import PromptRun
from coaching_core.usage.models import NO_USAGE, Dimension, Headline, UsageFilter, UsageRow, UsageSums
from coaching_core.usage.service import UsageService
from evals.bootstrap import Workbench
from pages.view_models.usage import Series, stacked
from pages.view_models.usage_choice import UsageChoice, only, usage_filter

_MOST_COLOURS = 5
_LONG_AGO = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class UsageView:
    """Everything on the screen but the list of calls.

    Attributes:
        wanted: What was asked of the store.
        real: The sums without simulated models.
        days: Earliest first, without holes.
        rows: The breakdown.
        names: What topics, and in the breakdown people, are called.
        read_at: When this was read.
    """

    choice: UsageChoice
    wanted: UsageFilter
    headline: Headline
    real: UsageSums
    days: tuple[UsageRow, ...]
    rows: tuple[UsageRow, ...]
    names: Mapping[str, str]
    read_at: datetime

    @property
    def sums(self) -> UsageSums:
        """The sums over the period."""
        return self.headline.now.usage


@dataclass(frozen=True, slots=True)
class Options:
    """What the filters offer: everything that was called in the period."""

    providers: tuple[str, ...]
    models: tuple[str, ...]
    topics: tuple[str, ...]


def read_view(workbench: Workbench, choice: UsageChoice, tenant: str, now: datetime) -> UsageView:
    """Ask the services for the screen's numbers."""
    usage, wanted = workbench.core.usage, usage_filter(choice, tenant, now)
    headline = usage.headline(wanted)
    real = usage.by(replace(wanted, include_simulated=False), Dimension.TENANT)
    rows = usage.by(wanted, choice.by)
    return UsageView(
        choice=choice,
        wanted=wanted,
        headline=headline,
        real=real[0].usage if real else NO_USAGE,
        days=usage.by_day(wanted),
        rows=tuple(reversed(rows)) if choice.by is Dimension.DAY else rows,
        names=_names(workbench, choice, tenant),
        read_at=now,
    )


def read_options(usage: UsageService, choice: UsageChoice, tenant: str, now: datetime) -> Options:
    """What was called in the period, whatever else is filtered."""
    period = usage_filter(choice.unfiltered(), tenant, now)

    def keys(dimension: Dimension) -> tuple[str, ...]:
        return tuple(sorted(row.key for row in usage.by(period, dimension) if row.key))

    return Options(keys(Dimension.PROVIDER), keys(Dimension.MODEL), keys(Dimension.TOPIC))


def read_stack(usage: UsageService, view: UsageView) -> tuple[Series, ...]:
    """Cost per day of the costliest groups, and of all others together."""
    by, wanted = view.choice.stacked_by, view.wanted
    rows = view.rows if by is view.choice.by else usage.by(wanted, by)
    costly = [row.key for row in rows if row.key and row.usage.cost_known][:_MOST_COLOURS]
    return stacked(view.days, {key: usage.by_day(only(wanted, by, key)) for key in costly})


def latest_call(usage: UsageService, tenant: str, now: datetime) -> PromptRun | None:
    """The newest call of a tenant, whenever it was."""
    page = usage.prompt_runs(UsageFilter(tenant, now - _LONG_AGO, now + timedelta(days=1)), limit=1)
    return page.runs[0] if page.runs else None


def _names(workbench: Workbench, choice: UsageChoice, tenant: str) -> dict[str, str]:
    names = {each.topic.topic_id: each.topic.name for each in workbench.core.prompts.list_topics()}
    if choice.by is not Dimension.USER:
        return names
    return names | {coachee.id: coachee.name for coachee in workbench.core.assessments.coachees(tenant)}
