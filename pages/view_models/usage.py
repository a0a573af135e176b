"""The figures, words and rows of usage and cost. Unknown costs are counted in words, never added as 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any, Literal

from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.types import RunStatus
from coaching_core.usage.models import Dimension, Headline, UsageRow, UsageSums
from pages.view_models.topics import spoken
from pages.view_models.words import DASH, count, day, money_total, plural, seconds

Colour = Literal["inverse", "off"]

NAMES: Mapping[Dimension, str] = {
    Dimension.MODEL: "Model",
    Dimension.PROVIDER: "Provider",
    Dimension.TOPIC: "Topic",
    Dimension.PROMPT_VERSION: "Prompt version",
    Dimension.PURPOSE: "Purpose",
    Dimension.USER: "User",
    Dimension.DAY: "Day",
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


def figures(headline: Headline) -> tuple[Figure, ...]:
    """Cost, calls, errors and time to first token, each against the period before."""
    now, then = headline.now.usage, headline.before.usage
    gone = then.calls == 0
    cost = _less(known_cost(now), None if gone else known_cost(then))
    errors = _less(error_share(now), error_share(then))
    wait = _less(_seconds(now.ttft_p95), _seconds(then.ttft_p95))
    return (
        _figure("Cost", money_total(known_cost(now)), _money_change(cost), gone, "no known price"),
        _neutral("Calls", count(now.calls), None if gone else now.calls - then.calls),
        _figure("Errors", percent(error_share(now)), _change(errors, "{:.1f} pp"), gone, "no calls"),
        _figure(
            "Time to first token, p95", seconds(now.ttft_p95), _change(wait, "{:.2f} s"), gone, "nothing was streamed"
        ),
    )


def known_cost(sums: UsageSums) -> Decimal | None:
    """The sum of the known costs; None when there are calls and none has a known cost."""
    return None if sums.calls and sums.unknown_cost_calls == sums.calls else sums.cost_known


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
    start = f"{plural(missing, 'call')} {have} no known price or no token counts"
    if missing == sums.calls:
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


def before_words(headline: Headline, before: str) -> str:
    """What the changes are measured against.

    Args:
        before: The period before in words, e.g. ``the 30 days before``.
    """
    return f"Changes are against {before}." if headline.before.usage.calls else f"There was no call in {before}."


def people_words(headline: Headline) -> str:
    """What a person costs on a day they are there; empty when that is unknown."""
    each = headline.now.cost_per_daily_active_user
    return "" if each is None else f"A daily active user costs {money_total(each)} a day."


def total_words(rows: Sequence[UsageRow]) -> str:
    """The exact sum of a breakdown's rows."""
    cost = sum((row.usage.cost_known for row in rows), Decimal(0))
    calls = sum(row.usage.calls for row in rows)
    known = any(known_cost(row.usage) is not None for row in rows)
    money = f"${exact(cost)}" if known else "no known cost"
    return f"Sum of {plural(len(rows), 'row')}: {plural(calls, 'call')}, {money}; exactly the totals above."


def exact(value: Decimal) -> str:
    """All digits of an amount, without trailing zeros but with cents."""
    text = f"{value:f}"
    whole, _, part = text.partition(".")
    return f"{whole}.{part.rstrip('0'):0<2}"


def costliest_day(days: Sequence[UsageRow]) -> str:
    """The finding over the charts."""
    top = max(days, key=lambda row: row.usage.cost_known, default=None)
    if top is None or not top.usage.cost_known:
        return "Cost, tokens and latency per day"
    at = datetime.fromisoformat(top.key or "").replace(tzinfo=UTC)
    return f"Costliest day: {day(at, UTC)}, {money_total(top.usage.cost_known)}"


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a stacked chart: a cost for each day."""

    name: str
    costs: tuple[Decimal, ...]


def stacked(days: Sequence[UsageRow], groups: Mapping[str, Sequence[UsageRow]]) -> tuple[Series, ...]:
    """The groups' costs per day, and what is left of each day as ``Other``; every day adds up exactly."""
    found = [Series(name, tuple(row.usage.cost_known for row in rows)) for name, rows in groups.items()]
    rest = tuple(
        one.usage.cost_known - sum((each.costs[place] for each in found), Decimal(0)) for place, one in enumerate(days)
    )
    return (*found, Series("Other" if found else "All", rest)) if any(rest) else tuple(found)


def breakdown_cells(rows: Sequence[UsageRow], dimension: Dimension, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The breakdown as a table is given it; what is unknown is None.

    Args:
        names: What keys are called where people call them otherwise.
    """
    return [{"group": group_name(row.key, dimension, names)} | _cells(row.usage) for row in rows]


def group_name(key: str | None, dimension: Dimension, names: Mapping[str, str]) -> str:
    """What a group is called."""
    if not key:
        return f"No {NAMES[dimension].lower()}"
    if dimension is Dimension.PROMPT_VERSION:
        topic, _, version = key.rpartition(" v")
        return f"{names.get(topic, topic)} v{version}"
    return spoken(key) if dimension is Dimension.PURPOSE else names.get(key, key)


def _cells(sums: UsageSums) -> dict[str, Any]:
    cost = known_cost(sums)
    known = sums.calls - sums.unknown_cost_calls
    return {
        "calls": sums.calls,
        "errors": sums.errors,
        "input": sums.input_tokens,
        "output": sums.output_tokens,
        "cached": sums.cached_tokens,
        "cost": None if cost is None else float(cost),
        "unknown": sums.unknown_cost_calls,
        "per_call": float(sums.cost_known / known) if known else None,
        "latency_p50": _seconds(sums.latency_p50),
        "latency_p95": _seconds(sums.latency_p95),
        "ttft_p95": _seconds(sums.ttft_p95),
    }


CALL_FIELDS = (
    *("created_at", "model", "purpose", "topic_id", "prompt_version", "status", "error", "cost_usd"),
    *("input_tokens", "output_tokens", "cached_tokens", "latency_ms", "ttft_ms", "user_id", "session_id"),
    *("interaction_ids", "group_id", "eval_run_id", "request_id", "rubric_version", "provider", "simulated"),
    *("price_version", "loop_lag_ms", "tenant_id", "id"),
)
"""Every field of a call, those that are read first at the left."""


def call_cells(runs: Sequence[PromptRun], zone: tzinfo) -> list[dict[str, Any]]:
    """Calls as a table is given them, times in the viewer's zone."""
    return [{name: _call_cell(run, name, zone) for name in CALL_FIELDS} for run in runs]


def _call_cell(run: PromptRun, name: str, zone: tzinfo) -> object:
    value = getattr(run, name)
    if name == "created_at":
        return run.created_at.astimezone(zone)
    if name == "interaction_ids":
        return ", ".join(run.interaction_ids) or None
    if name == "status":
        return "OK" if run.status is RunStatus.OK else spoken(str(value))
    if name == "purpose":
        return spoken(str(value))
    if name in ("latency_ms", "ttft_ms"):
        return _seconds(value)
    if isinstance(value, Decimal):
        return float(value)
    return value


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
