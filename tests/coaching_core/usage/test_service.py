"""The usage dashboard's numbers, on both databases: exact, and honest about what is unknown."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from coaching_core.errors import InvalidInputError
from coaching_core.llm.types import Purpose, RunStatus
from coaching_core.storage.database import Database
from coaching_core.usage.models import NO_VERSION, SUMMED, WITHOUT, Dimension, RunOrder, UsageFilter, UsageSums
from coaching_core.usage.service import UsageService
from tests.coaching_core.usage.calls import (
    ALL,
    FAILED,
    SINCE,
    UNTIL,
    keep,
    many,
    plain_sums,
    run,
    timed,
    user_days,
    within,
)


def test_sums_are_exact_and_unknown_costs_are_counted_beside(database: Database) -> None:
    keep(
        database,
        [
            run(1),
            run(2, cost_usd=Decimal("0.000000000001")),
            run(3, cost_usd=None),
            run(4, **FAILED),
            run(5, **FAILED | {"status": RunStatus.TIMEOUT}),
            run(6, status=RunStatus.CANCELLED, cost_usd=None),
            run(7, tenant_id="other"),
            run(8, created_at=UNTIL),
        ],
    )

    usage = UsageService(database).headline(ALL).now.usage

    assert (usage.calls, usage.errors) == (6, 2)
    assert usage.cost_known == Decimal("0.000027000002")
    assert usage.unknown_cost_calls == 4
    assert (usage.input_tokens, usage.output_tokens, usage.cached_tokens) == (400, 80, 40)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"tenant_id": None},
        {"include_simulated": False},
        {"provider": "openai", "user_id": "u1"},
        {"model": "anthropic/a"},
        {"topic_id": "goals", "purpose": Purpose.JUDGE},
        {"topic_id": WITHOUT, "prompt_version": NO_VERSION},
        {"topic_id": "goals", "prompt_version": 2},
        {"user_id": WITHOUT},
        {"user_id": "u2", "since": SINCE + timedelta(hours=7), "until": UNTIL - timedelta(hours=5)},
        {"since": SINCE + timedelta(hours=7), "until": SINCE + timedelta(hours=9)},
    ],
)
def test_the_headline_equals_the_rows(database: Database, changes: dict[str, Any]) -> None:
    runs = many()
    keep(database, runs)
    wanted = UsageFilter(**{"tenant_id": "acme", "since": SINCE, "until": UNTIL} | changes)

    headline = UsageService(database).headline(wanted)

    for totals, part in ((headline.now, wanted), (headline.before, wanted.before())):
        rows = within(runs, part)
        found = {name: getattr(totals.usage, name) for name in plain_sums(rows)}
        assert found == plain_sums(rows)
        assert totals.user_days == user_days(rows)
        latencies = [one.waited_ms + one.latency_ms for one in timed(rows)]
        ttfts = [one.waited_ms + one.ttft_ms for one in timed(rows) if one.ttft_ms is not None]
        for name, values, percent in (
            ("latency_p50", latencies, 50),
            ("latency_p95", latencies, 95),
            ("ttft_p50", ttfts, 50),
            ("ttft_p95", ttfts, 95),
        ):
            assert getattr(totals.usage, name) == (pytest.approx(np.percentile(values, percent)) if values else None)


@pytest.mark.parametrize("dimension", list(Dimension))
def test_every_grouping_adds_up_to_the_whole(database: Database, dimension: Dimension) -> None:
    keep(database, many())
    service = UsageService(database)
    whole = service.headline(ALL).now.usage

    rows = service.by(ALL, dimension)

    for name in SUMMED:
        assert sum(getattr(row.usage, name) for row in rows) == getattr(whole, name)
    pairs = [(row.key, row.topic_id, row.prompt_version) for row in rows]
    assert len(set(pairs)) == len(pairs)


def test_groups_are_named_and_the_costliest_comes_first(database: Database) -> None:
    keep(
        database,
        [
            run(1, prompt_version=1),
            run(2, prompt_version=2, cost_usd=Decimal(1)),
            run(3, prompt_version=None, topic_id=None, cost_usd=None),
        ],
    )
    service = UsageService(database)

    versions = service.by(ALL, Dimension.PROMPT_VERSION)

    assert [row.key for row in versions] == ["core_values v2", "core_values v1", None]
    assert (versions[0].topic_id, versions[0].prompt_version) == ("core_values", 2)
    assert [row.key for row in service.by(ALL, Dimension.DAY)] == ["2026-11-01"]
    assert [row.key for row in service.by(ALL, Dimension.TENANT)] == ["acme"]


def test_days_without_calls_are_there_too(database: Database) -> None:
    keep(database, [run(1), run(2, created_at=UNTIL - timedelta(microseconds=1))])

    days = UsageService(database).by_day(ALL)

    assert [day.key for day in days] == [f"2026-11-{number:02d}" for number in range(1, 15)]
    assert [day.usage.calls for day in days] == [1, *[0] * 12, 1]
    assert days[1].usage.latency_p95 is None


def test_cost_per_daily_active_user(database: Database) -> None:
    next_day = SINCE + timedelta(days=1)
    keep(
        database,
        [
            run(1, cost_usd=Decimal("0.30")),
            run(2, user_id="u2", cost_usd=Decimal("0.20")),
            run(3, created_at=next_day, cost_usd=Decimal("0.10")),
            run(4, user_id=None, cost_usd=Decimal("0.15")),
        ],
    )

    headline = UsageService(database).headline(ALL)

    assert headline.now.user_days == 3
    assert headline.now.cost_per_daily_active_user == Decimal("0.25")
    assert headline.before.cost_per_daily_active_user is None


def test_nothing_known_makes_no_average(database: Database) -> None:
    keep(database, [run(1, cost_usd=None)])

    assert UsageService(database).headline(ALL).now.cost_per_daily_active_user is None


def test_what_was_refused_makes_no_cost_known() -> None:
    assert UsageSums(attempts=3, refused=1, unknown_cost_calls=2).cost is None
    assert UsageSums(attempts=4, refused=1, unknown_cost_calls=2, cost_known=Decimal(1)).cost == 1
    assert UsageSums(attempts=2, refused=2).cost == 0


def test_an_empty_store_has_empty_numbers(database: Database) -> None:
    service = UsageService(database)

    usage = service.headline(ALL).now.usage

    assert (usage.calls, usage.cost_known, usage.latency_p50, usage.ttft_p95) == (0, Decimal(0), None, None)
    assert service.by(ALL, Dimension.MODEL) == ()
    assert service.prompt_runs(ALL).total == 0


def test_a_page_of_calls(database: Database) -> None:
    runs = [run(number, latency_ms=1000.0 - number) for number in range(1, 8)]
    runs[2:4] = [run(3, cost_usd=None, latency_ms=1.0), run(4, cost_usd=Decimal("0.5"), interaction_ids=("i1",))]
    keep(database, runs)
    service = UsageService(database)

    page = service.prompt_runs(ALL, limit=3, offset=2)

    assert (page.total, page.offset) == (7, 2)
    assert [one.id for one in page.runs] == ["r-00005", "r-00004", "r-00003"]
    assert page.runs[1] == runs[3]
    by_cost = service.prompt_runs(ALL, order=RunOrder.COSTLIEST).runs
    assert (by_cost[0].id, by_cost[-1].id) == ("r-00004", "r-00003")
    assert service.prompt_runs(ALL, limit=1, order=RunOrder.OLDEST).runs == (runs[0],)
    assert service.prompt_runs(ALL, limit=1, order=RunOrder.SLOWEST).runs == (runs[0],)


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 1001}, {"offset": -1}])
def test_a_page_has_limits(database: Database, wrong: dict[str, int]) -> None:
    with pytest.raises(InvalidInputError):
        UsageService(database).prompt_runs(ALL, **wrong)  # type: ignore[arg-type]


def test_an_empty_period_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="ends before it starts"):
        UsageFilter("acme", UNTIL, UNTIL)
    with pytest.raises(InvalidInputError, match="time zone"):
        UsageFilter("acme", datetime(2026, 1, 1), UNTIL)  # noqa: DTZ001


def exported(database: Database, folder: Path) -> list[dict[str, str]]:
    file = folder / "usage.csv"
    UsageService(database).export_csv(ALL, file)
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_the_export_holds_every_call_exactly(database: Database, tmp_path: Path) -> None:
    runs = many(size=120)
    keep(database, runs)

    lines = exported(database, tmp_path)

    rows = within(runs, ALL)
    assert {line["id"] for line in lines} == {one.id for one in rows}
    money = sum((Decimal(line["cost_usd"]) for line in lines if line["cost_usd"]), Decimal(0))
    assert money == UsageService(database).headline(ALL).now.usage.cost_known
    assert not any("E" in line["cost_usd"] for line in lines)


def test_the_parquet_export_keeps_types_and_rows(database: Database, tmp_path: Path) -> None:
    runs = many(size=120)
    keep(database, runs)

    UsageService(database).export_parquet(ALL, tmp_path / "usage.parquet")

    table = pq.read_table(tmp_path / "usage.parquet")
    rows = within(runs, ALL)
    assert sorted(table["id"].to_pylist()) == sorted(one.id for one in rows)
    assert sum(filter(None, table["cost_usd"].to_pylist())) == sum(one.cost_usd for one in rows if one.cost_usd)
    assert table.schema.field("cost_usd").type == pa.decimal128(24, 12)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_export_is_a_formula(database: Database, tmp_path: Path, start: str) -> None:
    evil = f"{start}HYPERLINK(0)"
    keep(database, [run(1, user_id=evil, model=evil, topic_id=evil)])

    (line,) = exported(database, tmp_path)

    assert line["user_id"] == line["model"] == line["topic_id"] == f"'{evil}"
