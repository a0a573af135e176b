"""Groups and calls as the tables of usage and cost are given them; what is unknown is None, never 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from decimal import Decimal
from typing import Any

from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.types import RunStatus
from coaching_core.usage.models import Dimension, Only, UsageRow, UsageSums, UsageTimings
from pages.view_models.topics import spoken
from pages.view_models.usage import NAMES
from pages.view_models.words import plural


def total_words(rows: Sequence[UsageRow]) -> str:
    """The exact sum of a breakdown's rows."""
    cost = sum((row.usage.cost_known for row in rows), Decimal(0))
    calls = sum(row.usage.calls for row in rows)
    known = any(row.usage.cost is not None for row in rows)
    money = f"${exact(cost)}" if known else "no known cost"
    return f"Sum of {plural(len(rows), 'row')}: {plural(calls, 'call')}, {money}; exactly the totals above."


def exact(value: Decimal) -> str:
    """All digits of an amount, without trailing zeros but with cents."""
    text = f"{value:f}"
    whole, _, part = text.partition(".")
    return f"{whole}.{part.rstrip('0'):0<2}"


def breakdown_cells(
    rows: Sequence[UsageRow], dimension: Dimension, names: Mapping[str, str], timings: UsageTimings | None
) -> list[dict[str, Any]]:
    """The breakdown as a table is given it; what is unknown is None.

    Args:
        names: What keys are called where people call them otherwise.
        timings: None while they are not there yet.
    """
    found = {} if timings is None else timings.rows
    return [{"group": group_name(row, dimension, names)} | _cells(row.usage.timed(found.get(row.key))) for row in rows]


def group_name(row: UsageRow, dimension: Dimension, names: Mapping[str, str]) -> str:
    """What a group is called."""
    if dimension is Dimension.PROMPT_VERSION:
        topic = "No topic" if row.topic_id is None else names.get(row.topic_id, row.topic_id)
        return topic if row.prompt_version is None and row.topic_id is None else f"{topic} {_version(row)}"
    if not row.key:
        return f"No {NAMES[dimension].lower()}"
    if dimension is Dimension.HOUR:
        return row.key.replace("T", ", ") + ":00"
    return spoken(row.key) if dimension is Dimension.PURPOSE else names.get(row.key, row.key)


def _version(row: UsageRow) -> str:
    return "without version" if row.prompt_version is None else f"v{row.prompt_version}"


def _cells(sums: UsageSums) -> dict[str, Any]:
    cost = sums.cost
    return {
        "calls": sums.calls,
        "errors": sums.errors,
        "retries": sums.retries,
        "fallbacks": sums.fallbacks,
        "input": sums.input_tokens,
        "output": sums.output_tokens,
        "cached": sums.cached_tokens,
        "cost": None if cost is None else float(cost),
        "unknown": sums.unknown_cost_calls,
        "per_call": float(sums.cost_known / sums.calls) if sums.calls and cost is not None else None,
        "latency_p50": _seconds(sums.latency_p50),
        "latency_p95": _seconds(sums.latency_p95),
        "ttft_p50": _seconds(sums.ttft_p50),
        "ttft_p95": _seconds(sums.ttft_p95),
    }


CALL_FIELDS = (
    *("created_at", "model", "asked_model", "purpose", "topic_id", "prompt_version", "status", "error", "attempt"),
    *("final", "cost_usd", "held_usd", "saved_usd", "input_tokens", "output_tokens", "cached_tokens"),
    *("cache_write_tokens", "held_tokens", "waited_ms", "latency_ms", "ttft_ms", "user_id", "session_id", "call_id"),
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
    if name in ("waited_ms", "latency_ms", "ttft_ms"):
        return _seconds(value)
    if isinstance(value, Decimal):
        return float(value)
    return value


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def only_choices(sums: UsageSums) -> dict[Only, tuple[str, int]]:
    """The sorts of attempts that can be listed apart, each with its name and how many there are."""
    return {
        Only.ERRORS: ("Errors", sums.errors),
        Only.UNKNOWN_COST: ("Unknown cost", sums.unknown_cost_calls),
        Only.FALLBACKS: ("Fallbacks", sums.fallbacks),
        Only.RETRIES: ("Retries", sums.retries),
        Only.REFUSED: ("Refused", sums.refused),
        Only.KEPT: ("Kept answers", sums.kept),
    }
