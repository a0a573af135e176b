"""The figures of the health dashboards, each beside its target (ledger O5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from coaching_core.health.boards import BackgroundBoard, BackgroundRow, BatchSizes, ChatSlot, ModelRow
from coaching_core.llm.resilience import BreakerReport, BreakerState
from coaching_core.llm.types import Purpose
from pages.view_models.words import DASH, count, money_total, plural, seconds

PERIODS: dict[str, timedelta] = {
    "1h": timedelta(hours=1),
    "6h": timedelta(hours=6),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
}
"""Periods that can be looked at, by what the address says."""

PERIOD_LABELS = {"1h": "1 h", "6h": "6 h", "24h": "24 h", "7d": "7 days"}
PERIOD_NAMES = {"1h": "Last hour", "6h": "Last 6 hours", "24h": "Last 24 hours", "7d": "Last 7 days"}
TTFT_TARGET_MS = 1_200.0
TURN_TARGET_MS = 2_000.0
TURN_ALERT_MS = 2_500.0
ERROR_TARGET = 0.01
COMPLETION_TARGETS_MS = {Purpose.ANALYSIS: 5_000.0, Purpose.SUMMARY: 3_000.0, Purpose.ASSESSMENT: 8_000.0}
KINDS = {
    Purpose.ASSESSMENT: "Assessments",
    Purpose.SUMMARY: "Session summaries",
    Purpose.ANALYSIS: "Analyses",
    Purpose.PERSONALISATION: "Personalisation",
}
_BREAKERS = {BreakerState.CLOSED: "✓ Closed", BreakerState.OPEN: "▼ Open", BreakerState.HALF_OPEN: "… Half-open"}


@dataclass(frozen=True, slots=True)
class Target:
    """A figure and how it stands to its target.

    Attributes:
        kind: ``up`` within the target, ``down`` beyond it, ``m`` where there is no figure or no target.
    """

    label: str
    value: str
    words: str
    kind: str


def chat_figures(whole: ChatSlot) -> tuple[Target, ...]:
    """Time to first token, full turn, errors, and what was cancelled or tried again."""
    retried = f"{plural(whole.retries, 'retry', 'retries')}, {plural(whole.timeouts, 'time-out')}"
    return (
        _time("Time to first token, p95", whole.ttft_p95, TTFT_TARGET_MS),
        _time("Full turn, p95", whole.turn_p95, TURN_TARGET_MS),
        _share("Failed turns", whole.error_share, ERROR_TARGET),
        Target("Cancelled by people", count(whole.cancelled), f"of {plural(whole.calls, 'turn')}; {retried}", "m"),
    )


def background_figures(board: BackgroundBoard) -> tuple[Target, ...]:
    """Completion of each kind that has a target, and the success of assessments."""
    found = {row.purpose: row for row in board.kinds}
    times = tuple(
        _time(f"{KINDS[purpose]}, p95", found[purpose].p95 if purpose in found else None, target)
        for purpose, target in COMPLETION_TARGETS_MS.items()
    )
    assessed = found.get(Purpose.ASSESSMENT)
    share = None if assessed is None else assessed.error_share
    return (*times, _share("Failed assessments", share, ERROR_TARGET))


def cost_figures(rows: Sequence[ModelRow], limits_near: int) -> tuple[Target, ...]:
    """Cost, tokens, stand-ins and budgets of the period."""
    calls, stood_in = sum(row.calls for row in rows), sum(row.stood_in for row in rows)
    unknown = sum(row.unknown for row in rows)
    known = [row.cost for row in rows if row.cost is not None]
    attempts, failed = sum(row.attempts for row in rows), sum(row.failed for row in rows)
    tokens = sum(row.input_tokens + row.output_tokens for row in rows)
    note = f"at least: {plural(unknown, 'attempt')} of unknown cost" if unknown else "all costs are known"
    budgets = f"{plural(limits_near, 'limit')} near or at the cap" if limits_near else "no limit is near its cap"
    return (
        Target("Cost", money_total(sum(known, Decimal(0))) if known else DASH, note if rows else "no calls", "m"),
        Target("Tokens", count(tokens), budgets, "down" if limits_near else "m"),
        Target(
            "Answered by a stand-in", _percent(stood_in / calls if calls else None), f"{count(stood_in)} calls", "m"
        ),
        _share("Failed attempts", failed / attempts if attempts else None, 0.03),
    )


def model_cells(rows: Iterable[ModelRow], breakers: Iterable[BreakerReport]) -> list[dict[str, Any]]:
    """Models as a table is given them, with their breakers as they stand now."""
    states = {report.model: report for report in breakers}
    return [
        {
            "model": row.model,
            "breaker": _breaker(states.get(row.model)),
            "calls": row.calls,
            "failed": 100 * row.failed / row.attempts if row.attempts else None,
            "stood_in": row.stood_in,
            "input": row.input_tokens,
            "output": row.output_tokens,
            "cost": None if row.cost is None else float(row.cost),
            "unknown": row.unknown,
        }
        for row in rows
    ]


def background_cells(rows: Iterable[BackgroundRow]) -> list[dict[str, Any]]:
    """Background work in detail, as a table is given it."""
    return [
        {
            "kind": KINDS[row.purpose],
            "model": row.model,
            "rubric": row.rubric_version,
            "calls": row.calls,
            "failed": None if row.error_share is None else 100 * row.error_share,
            "p50": None if row.p50 is None else row.p50 / 1000,
            "p95": None if row.p95 is None else row.p95 / 1000,
        }
        for row in rows
    ]


def batch_words(batches: BatchSizes) -> str:
    """In which groups turns were assessed."""
    if not batches.groups:
        return "No turns were assessed in groups."
    median = "" if batches.median is None else f", {batches.median:g} turns in the middle"
    return f"{plural(batches.groups, 'group')} of turns were assessed together{median}, {batches.largest} at most."


def chat_finding(whole: ChatSlot, period: str) -> str:
    """The heading over the charts."""
    if whole.turn_p95 is None:
        return "How long people wait, what fails, what is tried again"
    beyond = whole.turn_p95 > TURN_TARGET_MS
    return (
        f"{period}: 95 % of turns took {seconds(whole.turn_p95)} or less, {'beyond' if beyond else 'within'} the target"
    )


def chat_alt(whole: ChatSlot, period: str) -> str:
    """The charts in a sentence."""
    return (
        f"{period}: {plural(whole.calls, 'chat turn')}; time to first token p95 {seconds(whole.ttft_p95)}, "
        f"full turn p95 {seconds(whole.turn_p95)}, {count(whole.errors)} failed, {count(whole.cancelled)} cancelled, "
        f"{count(whole.retries)} retried, {count(whole.timeouts)} timed out."
    )


def _time(label: str, value: float | None, target: float) -> Target:
    if value is None:
        return Target(label, DASH, f"target {target / 1000:g} s; nothing was timed", "m")
    good = value <= target
    sign = "✓ within" if good else "▲ beyond"
    return Target(label, seconds(value), f"{sign} {target / 1000:g} s", "up" if good else "down")


def _share(label: str, value: float | None, target: float) -> Target:
    if value is None:
        return Target(label, DASH, f"target below {100 * target:g} %; no calls", "m")
    good = value <= target
    sign = "✓ within" if good else "▲ beyond"
    return Target(label, _percent(value), f"{sign} {100 * target:g} %", "up" if good else "down")


def _percent(share: float | None) -> str:
    return DASH if share is None else f"{100 * share:.1f} %"


def _breaker(report: BreakerReport | None) -> str | None:
    if report is None:
        return None
    wait = f", next try in {report.retry_in:.0f} s" if report.retry_in else ""
    return f"{_BREAKERS[report.state]}{wait}"
