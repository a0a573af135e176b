"""Calls of all sorts for the tests of usage, and plain sums over them to compare with."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.tables import prompt_runs
from coaching_core.llm.types import Purpose, RunStatus
from coaching_core.storage.database import Database
from coaching_core.usage.models import UsageFilter

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=14)
ALL = UsageFilter("acme", SINCE, UNTIL)
FAILED: dict[str, Any] = {
    "status": RunStatus.ERROR,
    "error": "ProviderDownError",
    "input_tokens": None,
    "output_tokens": None,
    "cached_tokens": None,
    "ttft_ms": None,
    "cost_usd": None,
}


def run(number: int, **changes: Any) -> PromptRun:
    """A successful call, with changes."""
    values: dict[str, Any] = {
        "id": f"r-{number:05d}",
        "tenant_id": "acme",
        "purpose": Purpose.CHAT,
        "provider": "openai",
        "model": "openai/gpt-4o-mini",
        "simulated": False,
        "latency_ms": 900.0,
        "ttft_ms": 300.0,
        "status": RunStatus.OK,
        "created_at": SINCE + timedelta(minutes=number),
        "user_id": "u1",
        "topic_id": "core_values",
        "prompt_version": 3,
        "input_tokens": 100,
        "output_tokens": 20,
        "cached_tokens": 10,
        "cost_usd": Decimal("0.000027000001"),
        "call_id": f"r-{number:05d}",
    }
    return PromptRun(**values | changes)


def keep(database: Database, runs: Sequence[PromptRun]) -> None:
    """Write the calls to the store."""
    with database.unit_of_work() as work:
        work.connection.execute(sa.insert(prompt_runs), [one.as_row() for one in runs])


def forget(database: Database, runs: Sequence[PromptRun]) -> None:
    """Take calls out of the store."""
    with database.unit_of_work() as work:
        work.connection.execute(sa.delete(prompt_runs).where(prompt_runs.c.id.in_([one.id for one in runs])))


def many(seed: int = 1, size: int = 400, first: int = 0) -> list[PromptRun]:
    """Calls of all sorts over two periods of 14 days, in no order of time."""
    dice = random.Random(seed)
    return [_any_run(dice, number) for number in range(first, first + size)]


def _any_run(dice: random.Random, number: int) -> PromptRun:
    provider = dice.choice(["openai", "anthropic", "simulated"])
    changes: dict[str, Any] = {
        "created_at": UNTIL - timedelta(seconds=dice.randrange(1, 28 * 86_400)),
        "provider": provider,
        "model": f"{provider}/{dice.choice('ab')}",
        "simulated": provider == "simulated",
        "user_id": dice.choice(["u1", "u2", None]),
        "topic_id": dice.choice(["goals", "vision", None]),
        "prompt_version": dice.choice([1, 2, None]),
        "purpose": dice.choice(list(Purpose)),
        "tenant_id": dice.choice(["acme", "acme", "other"]),
        "latency_ms": dice.uniform(100, 9000),
        "waited_ms": dice.choice([0.0, dice.uniform(0, 4000)]),
        "ttft_ms": dice.choice([None, dice.uniform(50, 900)]),
        "loop_lag_ms": dice.choice([None, 2.0, 250.0]),
        "cost_usd": Decimal(dice.randrange(10**9)).scaleb(-12),
        "input_tokens": dice.randrange(5000),
        "cache_write_tokens": dice.choice([None, 0, 64]),
        "asked_model": dice.choice([None, None, None, "openai/c"]),
    }
    return run(number, **changes | _ending(dice))


def _ending(dice: random.Random) -> dict[str, Any]:
    kind = dice.random()
    bound = dice.choice([None, Decimal(dice.randrange(10**9)).scaleb(-12)])
    if kind < 0.1:
        status = dice.choice([RunStatus.ERROR, RunStatus.TIMEOUT, RunStatus.CANCELLED, RunStatus.UNKNOWN])
        return FAILED | {"status": status, "held_usd": bound, "final": dice.random() < 0.6}
    if kind < 0.15:
        return FAILED | {"status": RunStatus.REFUSED, "cost_usd": Decimal(0)}
    if kind < 0.2:
        return {"cost_usd": Decimal(0), "saved_usd": Decimal(dice.randrange(10**9)).scaleb(-12), "latency_ms": 0.0}
    return {"cost_usd": None, "held_usd": bound} if kind < 0.3 else {}


def within(runs: Sequence[PromptRun], wanted: UsageFilter) -> list[PromptRun]:
    """The attempts a filter finds, in plain Python."""
    pairs = {"tenant_id", "provider", "model", "purpose", "eval_run_id", "request_id", "call_id"}
    return [
        one
        for one in runs
        if wanted.since <= one.created_at < wanted.until
        and all(getattr(wanted, name) in (None, getattr(one, name)) for name in pairs)
        and all(
            getattr(wanted, name) in (None, getattr(one, name) or none)
            for name, none in (("topic_id", ""), ("user_id", ""), ("prompt_version", 0))
        )
        and (wanted.include_simulated or not one.simulated)
    ]


def plain_sums(rows: Sequence[PromptRun]) -> dict[str, Any]:
    """What the sums over these attempts have to be, said again in plain Python."""
    final = [one for one in rows if one.final]
    ok = [one for one in final if one.status is RunStatus.OK]
    unknown = [one for one in rows if one.cost_usd is None]
    failed = (RunStatus.ERROR, RunStatus.TIMEOUT, RunStatus.UNKNOWN)
    asked = [one for one in ok if one.saved_usd is None]
    return {
        "calls": len(final),
        "attempts": len(rows),
        "errors": sum(one.status in failed for one in final),
        "refused": sum(one.status is RunStatus.REFUSED for one in final),
        "answered": len(ok),
        "fallbacks": sum(one.asked_model is not None for one in ok),
        "kept": sum(one.saved_usd is not None for one in rows),
        "lagging_calls": sum((one.loop_lag_ms or 0) > 100 for one in asked),
        "cost_known": sum((one.cost_usd for one in rows if one.cost_usd is not None), Decimal(0)),
        "unknown_cost_calls": len(unknown),
        "held": sum((one.held_usd for one in unknown if one.held_usd is not None), Decimal(0)),
        "unbounded_cost_calls": sum(one.held_usd is None for one in unknown),
        "saved": sum((one.saved_usd for one in rows if one.saved_usd is not None), Decimal(0)),
        "input_tokens": sum(one.input_tokens or 0 for one in rows),
        "output_tokens": sum(one.output_tokens or 0 for one in rows),
        "cached_tokens": sum(one.cached_tokens or 0 for one in rows),
        "cache_write_tokens": sum(one.cache_write_tokens or 0 for one in rows),
    }


def timed(rows: Sequence[PromptRun]) -> list[PromptRun]:
    """The attempts whose timings count."""
    ok = (one for one in rows if one.final and one.status is RunStatus.OK and one.saved_usd is None)
    return [one for one in ok if (one.loop_lag_ms or 0) <= 100]


def user_days(rows: Sequence[PromptRun]) -> int:
    """On how many days how many users called."""
    return len({(one.tenant_id, one.created_at.date(), one.user_id) for one in rows if one.user_id})
