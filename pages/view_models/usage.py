"""The figures, words and rows of usage and cost. Unknown costs are counted in words, never added as 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from coaching_core.usage.models import Dimension, UsageRow, UsageSums, UsageTimings
from pages.view_models.words import DASH, count, day, moment, money_total, plural, seconds

Colour = Literal["inverse", "off"]

NAMES: Mapping[Dimension, str] = {
    Dimension.MODEL: "Model",
    Dimension.PROVIDER: "Provider",
    Dimension.TOPIC: "Topic",
    Dimension.PROMPT_VERSION: "Prompt version",
    Dimension.PURPOSE: "Purpose",
    Dimension.USER: "User",
    Dimension.TENANT: "Tenant",
    Dimension.DAY: "Day",
    Dimension.HOUR: "Hour",
}
"""What calls can be grouped by, in words and in the order of the choice."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One headline number with its change.

    Attributes:
        delta: Text that starts with an ASCII minus when it fell (the widget knows no other); 0 for no change; None
            when there is nothing to compare.
        colour: ``inverse`` where less is better, ``off`` where more is neither.
        note: What the change is measured against, with the word for it; fits beside the change on a card.
    """

    label: str
    value: str
    delta: str | int | None
    colour: Colour
    note: str


def figures(now: UsageSums, before: UsageSums, timings: UsageTimings | None) -> tuple[Figure, ...]:
    """Cost, calls, errors and time to first token, each against the period before.

    Args:
        timings: None while they are not there yet.
    """
    gone = before.calls == 0
    cost = _less(now.cost, None if gone else before.cost)
    errors = _less(error_share(now), error_share(before))
    return (
        _figure("Cost", money_total(now.cost), _money_change(cost), gone, "no known price"),
        _neutral("Calls", count(now.calls), None if gone else now.calls - before.calls),
        _figure("Errors", percent(error_share(now)), _change(errors, "{:.1f} pp"), gone, "no calls"),
        _wait(timings, gone),
    )


def _wait(timings: UsageTimings | None, gone: bool) -> Figure:
    label = "Time to first token, p95"
    if timings is None:
        return Figure(label, "…", None, "inverse", "being worked out")
    wait = _less(_seconds(timings.now.ttft_p95), _seconds(timings.before.ttft_p95))
    return _figure(label, seconds(timings.now.ttft_p95), _change(wait, "{:.2f} s"), gone, "nothing was streamed")


@dataclass(frozen=True, slots=True)
class Fact:
    """A smaller number beside the headline, with what it means."""

    label: str
    value: str
    note: str


def facts(sums: UsageSums, per_user: Decimal | None, users_known: bool) -> tuple[Fact, ...]:
    """What the headline leaves out: unknown costs, stand-ins, retries, refusals, caches, people.

    Args:
        per_user: USD for each user and day.
        users_known: False while people are not counted yet.
    """
    cached = 100 * sums.cached_tokens / sums.input_tokens if sums.input_tokens else None
    people = DASH if per_user is None else money_total(per_user)
    return (
        Fact("Unknown costs", count(sums.unknown_cost_calls), bound_words(sums)),
        Fact("Fallback answers", percent(_share(sums.fallbacks, sums.calls)), f"{count(sums.fallbacks)} by a stand-in"),
        Fact("Retries", count(sums.retries), f"{plural(sums.attempts, 'attempt')} in all"),
        Fact("Refused", count(sums.refused), "never sent"),
        Fact("Cached input", percent(cached), f"{count(sums.cached_tokens)} tokens"),
        Fact("Saved", money_total(sums.saved), f"{plural(sums.kept, 'kept answer')} given again"),
        Fact("Daily active user", people if users_known else "…", "cost of one a day"),
    )


def bound_words(sums: UsageSums) -> str:
    """At most how much more the unknown costs can be."""
    if not sums.unknown_cost_calls:
        return "every cost is known"
    if sums.unbounded_cost_calls == sums.unknown_cost_calls:
        return "no bound is known"
    more = f"at most {money_total(sums.held)} more"
    return f"{more}, {count(sums.unbounded_cost_calls)} without bound" if sums.unbounded_cost_calls else more


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def error_share(sums: UsageSums) -> float | None:
    """Percent of the calls that failed; None without calls."""
    return 100 * sums.errors / sums.calls if sums.calls else None


def percent(value: float | None) -> str:
    """0.8 %"""
    return DASH if value is None else f"{value:.1f} %"


def unknown_words(sums: UsageSums) -> str:
    """What the total leaves out, in a sentence; empty when it leaves nothing out."""
    missing = sums.unknown_cost_calls
    if not missing:
        return ""
    have = "has" if missing == 1 else "have"
    start = f"{plural(missing, 'attempt')} {have} no known price or no token counts"
    if sums.cost is None:
        return f"{start}, so the cost is unknown."
    return f"{start}, so the total is a lower bound."


def simulated_words(total: UsageSums, real: UsageSums) -> str:
    """What of the calls went to no real model; empty when all were real."""
    calls = total.calls - real.calls
    if not calls:
        return ""
    cost = total.cost_known - real.cost_known
    who = "All calls" if calls == total.calls else f"{count(calls)} of {plural(total.calls, 'call')}"
    return f"{who} went to simulated models; their {money_total(cost)} was not paid by anybody."


def before_words(before: UsageSums, period: str) -> str:
    """What the changes are measured against.

    Args:
        period: The period before in words, e.g. ``the 30 days before``.
    """
    if not before.calls:
        return f"There was no call in {period}."
    return f"Changes are against {period}, up to this time of day."


def costliest_step(steps: Sequence[UsageRow]) -> str:
    """The finding over the charts."""
    top = max(steps, key=lambda row: row.usage.cost_known, default=None)
    hourly = bool(steps) and "T" in (steps[0].key or "")
    if top is None or not top.usage.cost_known:
        return f"Cost, calls, tokens and times per {'hour' if hourly else 'day'}"
    at = datetime.fromisoformat(top.key or "").replace(tzinfo=UTC)
    name = f"Costliest hour: {moment(at, UTC)} UTC" if hourly else f"Costliest day: {day(at, UTC)}"
    return f"{name}, {money_total(top.usage.cost_known)}"


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a stacked chart: a cost for each step of time."""

    name: str
    costs: tuple[Decimal, ...]


def stacked(steps: Sequence[UsageRow], groups: Mapping[str, Sequence[Decimal]]) -> tuple[Series, ...]:
    """The groups' costs at each step, and what is left of it as ``Other``; every step adds up exactly."""
    found = [Series(name, tuple(costs)) for name, costs in groups.items()]
    rest = tuple(
        one.usage.cost_known - sum((each.costs[place] for each in found), Decimal(0)) for place, one in enumerate(steps)
    )
    return (*found, Series("Other" if found else "All", rest)) if any(rest) else tuple(found)


def _less(now: Decimal | float | None, then: Decimal | float | None) -> float | None:
    return None if now is None or then is None else float(now) - float(then)


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _figure(label: str, value: str, delta: str | int | None, gone: bool, reason: str) -> Figure:
    """A figure where less is better; ``reason`` says why its value is unknown, when it is."""
    if value == DASH:
        return Figure(label, value, None, "inverse", reason)
    if delta is None:
        return Figure(label, value, None, "inverse", "no calls before" if gone else "nothing to compare")
    word = "same as" if delta == 0 else "better than" if str(delta).startswith("-") else "worse than"
    return Figure(label, value, delta, "inverse", f"{word} before")


def _neutral(label: str, value: str, change: int | None) -> Figure:
    if change is None:
        return Figure(label, value, None, "off", "no calls before")
    delta: str | int = 0 if change == 0 else f"{'-' if change < 0 else '+'}{count(abs(change))}"
    word = "same as" if delta == 0 else "fewer than" if change < 0 else "more than"
    return Figure(label, value, delta, "off", f"{word} before")


def _change(change: float | None, form: str) -> str | int | None:
    if change is None:
        return None
    text = form.format(abs(change))
    return 0 if not any(digit in text for digit in "123456789") else f"{'-' if change < 0 else '+'}{text}"


def _money_change(change: float | None) -> str | int | None:
    return _change(change, "${:.2f}" if change is None or abs(change) >= 0.01 else "${:.4f}")
