"""Loading and removing the demo, on both databases: all of it or nothing, once, and without a trace."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from coaching_core.assessments.models import Coachee
from coaching_core.assessments.service import AssessmentService
from coaching_core.demo.coaching import DEMO_TENANT
from coaching_core.demo.data import generate
from coaching_core.demo.service import DEMO_SEED, DemoService
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.tables import prompt_runs
from coaching_core.llm.types import Purpose, RunStatus, Usage
from coaching_core.storage.bulk import insert_by_arrow, insert_by_batches
from coaching_core.storage.database import Database
from coaching_core.usage.models import UsageFilter
from coaching_core.usage.service import UsageService
from tests.coaching_core.assessments.records import assessment
from tests.coaching_core.demo.test_data import NOW, price

TABLES = (
    "assessments",
    "interactions",
    "user_sessions",
    "user_focuses",
    "focuses",
    "coachees",
    "prompt_runs",
    "eval_runs",
    "playground_sessions",
)


def rows_of(database: Database, tenant_id: str) -> dict[str, int]:
    """How many rows each table holds for a tenant."""
    with database.read() as connection:
        counts = {}
        for name in TABLES:
            table = sa.table(name, sa.column("tenant_id"))
            statement = sa.select(sa.func.count()).select_from(table).where(table.c.tenant_id == tenant_id)
            counts[name] = connection.scalar(statement) or 0
        return counts


class Part:
    """A part of the demo that remembers what was asked of it."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked: list[str] = []
        self._error = error

    def load(self) -> None:
        self.asked.append("load")
        if self._error is not None:
            raise self._error

    def remove(self) -> None:
        self.asked.append("remove")


def add_others(database: Database) -> None:
    """Rows of somebody else, and rows of the demo that other features made."""
    service = AssessmentService(database)
    service.add_coachee(Coachee.create(id="u1", tenant_id="acme", name="Amara O.", created_at=NOW))
    service.record([assessment(1)])
    with database.unit_of_work() as work:
        for tenant_id in ("acme", DEMO_TENANT):
            work.connection.execute(
                sa.text(
                    "insert into playground_sessions values "
                    "('p', :tenant, 'someone', 'goals', '{}', timestamp '2026-11-01', timestamp '2026-11-01')"
                ),
                {"tenant": tenant_id},
            )


def test_load_twice_is_load_once_and_remove_leaves_nothing(database: Database) -> None:
    add_others(database)
    part = Part()
    demo = DemoService(database, price, [part])
    others = rows_of(database, "acme")
    data = generate(DEMO_SEED, NOW, price)
    assert not demo.is_loaded()

    assert demo.load(NOW)
    loaded = rows_of(database, DEMO_TENANT)
    assert not demo.load(NOW + timedelta(days=1))

    assert demo.is_loaded()
    assert rows_of(database, DEMO_TENANT) == loaded
    assert loaded["assessments"] == len(data.assessments)
    assert loaded["prompt_runs"] == len(data.prompt_runs)
    assert set(AssessmentService(database).coachees(DEMO_TENANT)) == set(data.coachees)
    group_id = next(one.group_id for one in data.assessments if one.group_id)
    group = tuple(one for one in data.assessments if one.group_id == group_id)
    assert AssessmentService(database).by_group(DEMO_TENANT, group_id) == group
    wanted = UsageFilter(DEMO_TENANT, NOW - timedelta(days=91), NOW + timedelta(seconds=1))
    usage = UsageService(database).headline(wanted).now.usage
    costs = [run.cost_usd for run in data.prompt_runs if run.cost_usd is not None]
    assert usage.cost_known == sum(costs, Decimal(0))
    assert usage.unknown_cost_calls == len(data.prompt_runs) - len(costs)
    assert UsageService(database).prompt_runs(wanted, limit=1).runs == data.prompt_runs[-1:]

    demo.remove()
    demo.remove()

    assert not demo.is_loaded()
    assert set(rows_of(database, DEMO_TENANT).values()) == {0}
    assert rows_of(database, "acme") == others
    assert part.asked == ["load", "load", "remove", "remove"]
    assert demo.load(NOW)


def test_a_load_that_fails_leaves_nothing(database: Database) -> None:
    def too_dear(model: str, usage: Usage) -> Decimal:
        return Decimal(10) ** 15

    with pytest.raises(Exception):  # noqa: B017 - whatever the database raises
        DemoService(database, too_dear).load(NOW)
    assert set(rows_of(database, DEMO_TENANT).values()) == {0}

    part = Part(RuntimeError("the runs folder is not there"))
    with pytest.raises(RuntimeError, match="runs folder"):
        DemoService(database, price, [part]).load(NOW)
    assert set(rows_of(database, DEMO_TENANT).values()) == {0}
    assert part.asked == ["load", "remove"]


def test_two_who_load_at_once_load_it_once(database: Database) -> None:
    demo = DemoService(database, price)

    with ThreadPoolExecutor(2) as pool:
        added = list(pool.map(demo.load, (NOW, NOW)))

    assert sorted(added) == [False, True]
    assert rows_of(database, DEMO_TENANT)["coachees"] == len(generate(DEMO_SEED, NOW).coachees)


def test_the_quick_way_writes_the_same_rows(database: Database) -> None:
    if database.kind != "duckdb":
        pytest.skip("the quick way is DuckDB's own")
    run = PromptRun(
        id="1",
        tenant_id="quick",
        purpose=Purpose.CHAT,
        provider="openai",
        model="openai/gpt-4.1",
        simulated=False,
        latency_ms=0.1 + 0.2,
        status=RunStatus.OK,
        created_at=datetime(2026, 11, 20, 7, 42, 1, 123456, tzinfo=UTC),
        user_id="Größe “x” ' 日本",
        interaction_ids=("a", "ü"),
        input_tokens=3,
        cost_usd=Decimal("123456789012.000000000001"),
    )
    runs = [run, replace(run, id="2", simulated=True, cost_usd=None, interaction_ids=(), prompt_version=4)]

    with database.unit_of_work() as work:
        insert_by_arrow(work.connection, prompt_runs, [one.as_row() for one in runs])
        slow = [replace(one, tenant_id="slow").as_row() for one in runs]
        insert_by_batches(work.connection, prompt_runs, slow)

    with database.read() as connection:
        ordered = sa.select(prompt_runs).order_by(prompt_runs.c.id)
        quick = connection.execute(ordered.where(prompt_runs.c.tenant_id == "quick")).mappings().all()
        same = connection.execute(ordered.where(prompt_runs.c.tenant_id == "slow")).mappings().all()
    assert [dict(row) | {"tenant_id": ""} for row in quick] == [dict(row) | {"tenant_id": ""} for row in same]
    assert [dict(row) for row in quick] == [one.as_row() for one in runs]
