"""PromptRuns in the store and in journals: none lost, none doubled, money exact."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC
from decimal import Decimal

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from coaching_core.bootstrap import build_ledger
from coaching_core.clock import utc_now
from coaching_core.errors import ModelCallError, ProviderDownError
from coaching_core.llm.accounting import Ledger, PromptRun
from coaching_core.llm.assembly import build_catalogue
from coaching_core.llm.gateway import Equipment, Gateway
from coaching_core.llm.resilience import RetryPolicy
from coaching_core.llm.tables import prompt_runs
from coaching_core.llm.types import Completion, ProviderReply, Purpose, RunStatus, Usage
from coaching_core.settings import Settings
from coaching_core.storage.database import Database
from coaching_core.storage.writer import AppendQueue
from tests.coaching_core.llm.scripted import STEADY, Scripted, question

_TEXT = st.text(max_size=20)
_TOKENS = st.none() | st.integers(0, 2**31 - 1)
_MILLISECONDS = st.floats(0, 1e9)
_RUNS = st.builds(
    PromptRun,
    id=_TEXT,
    tenant_id=_TEXT,
    purpose=st.sampled_from(Purpose),
    provider=_TEXT,
    model=_TEXT,
    simulated=st.booleans(),
    latency_ms=_MILLISECONDS,
    status=st.sampled_from(RunStatus),
    created_at=st.datetimes(timezones=st.just(UTC)),
    request_id=st.none() | _TEXT,
    interaction_ids=st.lists(_TEXT, max_size=3).map(tuple),
    prompt_version=st.none() | st.integers(1, 10**6),
    input_tokens=_TOKENS,
    output_tokens=_TOKENS,
    cached_tokens=_TOKENS,
    ttft_ms=st.none() | _MILLISECONDS,
    loop_lag_ms=st.none() | _MILLISECONDS,
    cost_usd=st.none() | st.decimals(0, 10**6, places=12),
    price_version=st.none() | _TEXT,
    error=st.none() | _TEXT,
)


@given(_RUNS)
def test_a_record_comes_back_from_a_journal_as_it_went_in(run: PromptRun) -> None:
    assert PromptRun.from_json(json.loads(json.dumps(run.as_json()))) == run


@given(_RUNS)
def test_a_journal_of_a_newer_release_can_be_read(run: PromptRun) -> None:
    assert PromptRun.from_json({**run.as_json(), "some_new_field": 1}) == run


def test_a_free_call_and_an_unknown_price_stay_two_things() -> None:
    document = {
        "id": "r",
        "tenant_id": "t",
        "purpose": "chat",
        "provider": "p",
        "model": "p/m",
        "simulated": False,
        "latency_ms": 1.0,
        "status": "ok",
        "created_at": "2026-11-20T12:00:00+00:00",
    }
    assert PromptRun.from_json({**document, "cost_usd": "0"}).cost_usd == Decimal(0)
    assert PromptRun.from_json({**document, "cost_usd": None}).cost_usd is None
    assert PromptRun.from_json(document).cost_usd is None


def test_fifty_calls_at_once_are_fifty_rows_with_exact_sums(settings: Settings, database: Database) -> None:
    appends = AppendQueue(database)
    ledger = build_ledger(settings, database, appends)
    usages = [Usage(101 + number, 7 + number, number % 5) for number in range(50)]
    expected = [build_catalogue(settings).cost(STEADY, usage) for usage in usages]

    async def call_them_all() -> list[Completion | ModelCallError]:
        return await asyncio.gather(*(_one_call(settings, ledger, number, usages[number]) for number in range(50)))

    ended = asyncio.run(call_them_all())
    completions = [end for end in ended if isinstance(end, Completion)]
    assert len(completions) == 40
    with database.read() as connection:  # before the queue is closed: each was told only when its row was there
        rows = connection.execute(sa.select(prompt_runs)).all()
        total = connection.scalar(sa.select(sa.func.sum(prompt_runs.c.cost_usd)))
    appends.close()
    assert len(rows) == len({row.id for row in rows}) == 50
    assert {row.id for row in rows if row.status == "ok"} == {done.prompt_run_id for done in completions}
    answered = [number for number in range(50) if number % 5]
    assert sum(row.input_tokens for row in rows if row.status == "ok") == sum(usages[n].input_tokens for n in answered)
    assert total == sum((done.cost or Decimal(0)) for done in completions) == sum(expected[n] or 0 for n in answered)
    assert [row.cost_usd for row in rows if row.status == "error"] == [None] * 10


async def _one_call(settings: Settings, ledger: Ledger, number: int, usage: Usage) -> Completion | ModelCallError:
    """Every fifth fails; the others are asked for as a whole and as a stream by turns."""
    step = ProviderReply("Yes?", "stop", usage) if number % 5 else ProviderDownError("500")
    equipment = Equipment(
        build_catalogue(settings), {"simulated": Scripted((step,))}, ledger, retries=RetryPolicy(attempts=1)
    )
    gateway = Gateway(equipment)
    try:
        if number % 2:
            return await gateway.complete(question())
        *_, completion = [event async for event in gateway.stream(question())]
    except ModelCallError as error:
        return error
    assert isinstance(completion, Completion)
    return completion


def test_a_caller_who_leaves_does_not_stop_the_records_of_others(settings: Settings, database: Database) -> None:
    appends = AppendQueue(database)
    recorder = build_ledger(settings, database, appends)
    context = question().context

    def run(name: str) -> PromptRun:
        return PromptRun(name, context.tenant_id, context.purpose, "p", "p/m", True, 1.0, RunStatus.OK, utc_now())

    async def leave_and_go_on() -> None:
        with database.unit_of_work():  # so that the first record still waits when its caller leaves
            waiting = asyncio.create_task(recorder.record(run("left")))
            for _ in range(5):
                await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait([waiting])
        async with asyncio.timeout(20):
            await recorder.record(run("stayed"))

    asyncio.run(leave_and_go_on())
    appends.close()
    with database.read() as connection:
        assert set(connection.scalars(sa.select(prompt_runs.c.id))) == {"left", "stayed"}
