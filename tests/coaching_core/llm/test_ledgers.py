"""What both ledgers promise: no cap is passed by any number of callers, and counters say what the records say."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from coaching_core.errors import LimitReachedError, UnknownPriceError
from coaching_core.llm.accounting import PromptRun, Reservation
from coaching_core.llm.limit_book import Counter, CounterKey
from coaching_core.llm.limit_records import forget_counters, lock_limits, select_limits, sum_spent
from coaching_core.llm.limits import Action, Each, Limit, Metric, Period
from coaching_core.llm.types import RunStatus
from coaching_core.storage.database import Database
from tests.coaching_core.llm.holding import (
    CENT,
    NOON,
    AnyLedger,
    Watch,
    answered,
    attempt,
    broken,
    limit,
    opened,
    put_limits,
    records,
    refused_free,
    reserve_all,
)


@pytest.fixture
def clock() -> Watch:
    return Watch()


@pytest.fixture
def ledger(database: Database, tmp_path: Path, clock: Watch) -> Iterator[AnyLedger]:
    with opened(database, tmp_path / "calls", clock) as made:
        yield made


def set_limits(database: Database, ledger: AnyLedger, *limits: Limit) -> None:
    put_limits(database, *limits)
    ledger.refresh()


def used(ledger: AnyLedger, one: Limit, subject: str = "", at: Watch | None = None) -> tuple[Decimal, Decimal]:
    counter = ledger.used(one, [subject], at() if at else NOON)[subject]
    return counter.spent, counter.held


def test_what_is_held_becomes_what_was_spent(database: Database, ledger: AnyLedger) -> None:
    set_limits(database, ledger, limit())
    one, two, three = attempt("one"), attempt("two"), attempt("three")

    async def go() -> None:
        for held in (one, two, three):
            await ledger.reserve(held)
        await ledger.record(answered(one, "0.0012"))
        await ledger.record(broken(two))

    asyncio.run(go())
    assert used(ledger, limit()) == (Decimal("0.0112"), CENT)
    assert [(row["id"], row["cost_usd"], row["held_usd"]) for row in records(database)] == [
        ("one", Decimal("0.0012"), None),
        ("two", None, CENT),
    ]


def test_of_500_callers_a_budget_for_ten_calls_admits_ten(database: Database, ledger: AnyLedger) -> None:
    set_limits(database, ledger, limit())

    async def go() -> int:
        admitted = await reserve_all(ledger, [attempt(f"run{number}") for number in range(500)])
        for held in admitted:
            await ledger.record(answered(held))
        return len(admitted) + len(await reserve_all(ledger, [attempt("late")]))

    assert asyncio.run(go()) == 10
    assert used(ledger, limit()) == (Decimal("0.10"), 0)


def test_a_thousand_calls_at_once_pass_no_cap(database: Database, ledger: AnyLedger) -> None:
    caps = (
        limit(id="money", cap=Decimal("2.5")),
        limit(id="user", metric=Metric.TOKENS, each=Each.USER, cap=Decimal(5_000)),
        limit(id="model", model="openai/gpt", period=Period.MONTH, cap=Decimal("1.5")),
    )
    set_limits(database, ledger, *caps)
    chance = random.Random(7)
    over: list[tuple[str, Decimal]] = []

    async def call(number: int) -> int:
        held = attempt(
            f"run{number}",
            user_id=f"user{number % 9}",
            model=chance.choice(["openai/gpt", "openai/gpt-mini"]),
            held_usd=Decimal(chance.randrange(1, 200)) / 10_000,
        )
        try:
            await ledger.reserve(held)
        except LimitReachedError:
            return 0
        await asyncio.sleep(0)
        assert held.run.held_usd is not None
        cost = held.run.held_usd * chance.randrange(0, 100) / 100
        ends = [answered(held, str(cost), tokens=chance.randrange(20, 100)), broken(held), refused_free(held)]
        await ledger.record(chance.choice(ends))
        return 1

    async def watch(stop: asyncio.Event) -> None:
        subjects = ["", *(f"acme/user{number}" for number in range(9))]
        while not stop.is_set():
            for one in caps:
                found = await asyncio.to_thread(ledger.used, one, subjects, NOON)
                over.extend((one.id, counter.used) for counter in found.values() if counter.used > one.cap)

    async def go() -> int:
        stop = asyncio.Event()
        watching = asyncio.create_task(watch(stop))
        admitted = sum(await asyncio.gather(*(call(number) for number in range(1_000))))
        stop.set()
        await watching
        return admitted

    admitted = asyncio.run(go())
    assert not over
    assert 0 < admitted == len(records(database)) < 1_000
    assert_counters_are_the_records(database, ledger, caps)


def assert_counters_are_the_records(database: Database, ledger: AnyLedger, limits: tuple[Limit, ...]) -> None:
    """Every counter of the present equals the sum over the records, and nothing is held."""
    with database.read() as connection:
        for one in limits:
            start = one.period_start(NOON)
            for subject, counter in ledger.most_used(one, NOON, 100).items():
                assert counter == Counter(sum_spent(connection, one, CounterKey(one.id, subject, start)))


def test_an_unknown_price_is_refused_before_the_call(database: Database, ledger: AnyLedger) -> None:
    set_limits(database, ledger, limit())
    with pytest.raises(UnknownPriceError):
        asyncio.run(ledger.reserve(attempt(held_usd=None)))
    assert used(ledger, limit()) == (0, 0)
    assert not records(database)


def test_a_refused_call_leaves_room_for_a_smaller_one(database: Database, ledger: AnyLedger) -> None:
    set_limits(database, ledger, limit())

    async def go() -> list[str]:
        admitted = await reserve_all(ledger, [attempt("a", held_usd=Decimal("0.08"))])
        admitted += await reserve_all(ledger, [attempt("b", held_usd=Decimal("0.03"))])
        admitted += await reserve_all(ledger, [attempt("c", held_usd=Decimal("0.02"))])
        return [held.run.id for held in admitted]

    assert asyncio.run(go()) == ["a", "c"]


def test_a_refusal_is_recorded_and_counts_nothing(database: Database, ledger: AnyLedger) -> None:
    turns = limit(metric=Metric.TURNS, period=Period.MINUTE, cap=Decimal(3))
    set_limits(database, ledger, turns)
    refusal = replace(attempt("no").run, status=RunStatus.REFUSED, cost_usd=Decimal(0), held_usd=None, held_tokens=None)
    asyncio.run(ledger.record(refusal))
    assert [row["status"] for row in records(database)] == ["refused"]
    assert used(ledger, turns) == (0, 0)


@pytest.mark.parametrize("metric", [Metric.COST, Metric.TOKENS, Metric.TURNS])
def test_a_limit_that_is_set_counts_what_was_spent_before_and_what_is_under_way(
    database: Database, ledger: AnyLedger, metric: Metric
) -> None:
    expected = {
        Metric.COST: (Decimal("0.024"), CENT),
        Metric.TOKENS: (Decimal(180), Decimal(100)),
        Metric.TURNS: (Decimal(3), Decimal(1)),
    }
    one = limit(metric=metric, cap=Decimal(10_000))
    done, failed, under_way, priceless = attempt("done"), attempt("failed"), attempt("under way"), attempt("priceless")
    yesterday = attempt("yesterday", created_at=NOON - timedelta(days=1))

    async def go() -> None:
        for held in (done, failed, under_way, priceless, yesterday):
            await ledger.reserve(held)
        await ledger.record(answered(done, "0.004"))
        await ledger.record(broken(failed))
        await ledger.record(answered(priceless, None))
        await ledger.record(answered(yesterday))
        set_limits(database, ledger, one)
        assert used(ledger, one) == expected[metric]
        await ledger.record(answered(under_way, "0.003"))

    asyncio.run(go())
    assert used(ledger, one)[1] == 0
    assert_counters_are_the_records(database, ledger, (one,))


def test_streams_under_way_are_held_by_a_limit_that_is_set_later(database: Database, ledger: AnyLedger) -> None:
    streams = limit(metric=Metric.STREAMS, period=Period.AT_ONCE, each=Each.USER, cap=Decimal(2))
    first = attempt("first", streaming=True)

    async def go() -> None:
        await ledger.reserve(first)
        await ledger.reserve(attempt("whole"))
        set_limits(database, ledger, streams)
        assert used(ledger, streams, "acme/ada") == (0, 1)
        await ledger.reserve(attempt("second", streaming=True))
        with pytest.raises(LimitReachedError):
            await ledger.reserve(attempt("third", streaming=True))
        await ledger.reserve(attempt("bob's", streaming=True, user_id="bob"))
        await ledger.record(answered(first))
        await ledger.reserve(attempt("third", streaming=True))

    asyncio.run(go())
    assert used(ledger, streams, "acme/ada") == (0, 2)


def test_a_cap_that_is_changed_holds_for_the_next_call(database: Database, ledger: AnyLedger) -> None:
    set_limits(database, ledger, limit(cap=CENT))

    async def go() -> None:
        await ledger.reserve(attempt("a"))
        with pytest.raises(LimitReachedError):
            await ledger.reserve(attempt("b"))
        set_limits(database, ledger, limit(cap=2 * CENT))
        await ledger.reserve(attempt("b"))
        set_limits(database, ledger, limit(cap=CENT))
        with pytest.raises(LimitReachedError):
            await ledger.reserve(attempt("c"))
        assert used(ledger, limit()) == (0, 2 * CENT)
        await ledger.record(answered(attempt("a"), "0"))
        await ledger.record(answered(attempt("b"), "0"))
        await ledger.reserve(attempt("c"))

    asyncio.run(go())


def test_a_limit_withdrawn_while_calls_are_under_way_refuses_none(database: Database, ledger: AnyLedger) -> None:
    set_limits(database, ledger, limit(cap=CENT))

    async def go() -> None:
        await ledger.reserve(attempt("a"))
        set_limits(database, ledger)
        await ledger.reserve(attempt("b"))
        await ledger.record(answered(attempt("a")))
        await ledger.record(answered(attempt("b")))

    asyncio.run(go())
    assert ledger.used(limit(), [""], NOON) == {}
    assert len(records(database)) == 2


@pytest.mark.parametrize(
    ("period", "span"),
    [(Period.MINUTE, timedelta(minutes=1)), (Period.DAY, timedelta(days=1)), (Period.MONTH, timedelta(days=11))],
)
def test_a_period_that_begins_gives_the_whole_cap_again(
    database: Database, ledger: AnyLedger, clock: Watch, period: Period, span: timedelta
) -> None:
    one = limit(period=period, metric=Metric.TOKENS, cap=Decimal(200))
    set_limits(database, ledger, one)

    async def fill(prefix: str) -> int:
        wishes = [attempt(f"{prefix}{number}", created_at=clock.now) for number in range(3)]
        return len(await reserve_all(ledger, wishes))

    async def go() -> None:
        assert await fill("before") == 2
        clock.now += span
        assert await fill("after") == 2
        await ledger.record(answered(attempt("before0"), tokens=50))  # it was begun before, and counts for that period

    asyncio.run(go())
    assert used(ledger, one, at=clock) == (0, 200)
    assert used(ledger, one) == (50, 100)


def test_each_user_has_turns_of_their_own(database: Database, ledger: AnyLedger) -> None:
    turns = limit(metric=Metric.TURNS, period=Period.MINUTE, each=Each.USER, cap=Decimal(5))
    set_limits(database, ledger, turns)
    wishes = [
        attempt(f"{user}{number}", tenant_id=tenant, user_id=user)
        for number in range(20)
        for tenant, user in (("acme", "ada"), ("acme", "bob"), ("other", "ada"), ("acme", None))
    ]

    async def go() -> list[Reservation]:
        return await reserve_all(
            ledger, [attempt(f"{held.run.tenant_id} {held.run.id}", **_who(held)) for held in wishes]
        )

    admitted = asyncio.run(go())
    by_user = [(held.run.tenant_id, held.run.user_id) for held in admitted]
    assert {who: by_user.count(who) for who in by_user} == {
        ("acme", "ada"): 5,
        ("acme", "bob"): 5,
        ("other", "ada"): 5,
        ("acme", None): 20,
    }


def _who(held: Reservation) -> dict[str, object]:
    return {"tenant_id": held.run.tenant_id, "user_id": held.run.user_id}


@pytest.mark.parametrize(
    ("each", "subject"),
    [
        (None, ""),
        (Each.TENANT, "a/b"),
        (Each.USER, "a/b/ada"),
        (Each.PROVIDER, "openai"),
        (Each.MODEL, "openai/gpt"),
    ],
)
def test_counters_of_a_fresh_ledger_are_what_the_last_one_counted(
    database: Database, tmp_path: Path, clock: Watch, each: Each | None, subject: str
) -> None:
    one = limit(each=each, cap=Decimal(1))
    put_limits(database, one)
    held = attempt("a", tenant_id="a/b")
    with opened(database, tmp_path / "calls", clock) as ledger:
        asyncio.run(ledger.reserve(held))
        asyncio.run(ledger.record(answered(held, "0.007")))
        assert used(ledger, one, subject) == (Decimal("0.007"), 0)
    with opened(database, tmp_path / "calls", clock) as ledger:
        assert used(ledger, one, subject) == (Decimal("0.007"), 0)
        assert ledger.most_used(one, NOON, 5) == {subject: Counter(Decimal("0.007"))}


def test_an_alarm_counts_and_refuses_nothing(database: Database, ledger: AnyLedger) -> None:
    alarm = limit(action=Action.ALARM, cap=CENT)
    set_limits(database, ledger, alarm)
    wishes = [attempt("a"), attempt("b"), attempt("c", held_usd=None)]
    assert len(asyncio.run(reserve_all(ledger, wishes))) == 3
    assert used(ledger, alarm) == (0, 2 * CENT)


def test_records_of_another_process_count_as_they_say(database: Database, ledger: AnyLedger) -> None:
    caps = [
        limit(id=str(metric), metric=metric, cap=Decimal(1_000))
        for metric in (Metric.COST, Metric.TOKENS, Metric.TURNS)
    ]
    set_limits(database, ledger, *caps)
    runs = [answered(attempt("a"), "0.004", tokens=40), broken(attempt("b")), replace(broken(attempt("c")), attempt=2)]
    with database.unit_of_work() as work:
        ledger.take_in(work.connection, runs)
    assert [used(ledger, one) for one in caps] == [(Decimal("0.024"), 0), (240, 0), (2, 0)]
    assert_counters_are_the_records(database, ledger, tuple(caps))


def test_records_taken_in_count_once_when_their_transaction_is_tried_again(
    database: Database, ledger: AnyLedger
) -> None:
    one = limit(cap=Decimal(1))
    set_limits(database, ledger, one)
    runs = [answered(attempt("a"), "0.004")]

    def fail_once() -> None:
        with database.unit_of_work() as work:
            ledger.take_in(work.connection, runs)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_once()
    with database.unit_of_work() as work:
        ledger.take_in(work.connection, runs)
    assert used(ledger, one) == (Decimal("0.004"), 0)
    with database.unit_of_work() as work:
        ledger.take_in(work.connection, [answered(attempt("b"), "0.005")])
    assert used(ledger, one) == (Decimal("0.009"), 0)


@pytest.mark.parametrize("seed", range(6))
def test_after_any_history_counters_say_what_the_records_say(  # noqa: C901 - one kind of event each
    database: Database, ledger: AnyLedger, clock: Watch, seed: int
) -> None:
    chance = random.Random(seed)
    every = (
        limit(id="money", cap=Decimal("0.2")),
        limit(id="tokens", metric=Metric.TOKENS, period=Period.MONTH, each=Each.USER, cap=Decimal(900)),
        limit(id="turns", metric=Metric.TURNS, period=Period.MINUTE, each=Each.MODEL, cap=Decimal(6)),
        limit(id="streams", metric=Metric.STREAMS, period=Period.AT_ONCE, cap=Decimal(4)),
    )
    set_limits(database, ledger, *every)
    under_way: list[Reservation] = []

    async def begin(number: int) -> None:
        wishes = [
            attempt(
                f"run{number:03}-{place}",
                streaming=chance.random() < 0.5,
                created_at=clock.now,
                held_usd=Decimal(chance.randrange(0, 300)) / 10_000,
                user_id=chance.choice(["ada", "bob", None]),
                model=chance.choice(["openai/gpt", "openai/gpt-mini"]),
                attempt=chance.choice([1, 1, 2]),
            )
            for place in range(chance.randrange(1, 6))
        ]
        under_way.extend(await reserve_all(ledger, wishes))

    async def end() -> None:
        ending = [under_way.pop(chance.randrange(len(under_way))) for _ in range(min(len(under_way), 3))]
        runs: list[PromptRun] = [chance.choice([answered, broken, refused_free])(held) for held in ending]
        await asyncio.gather(*(ledger.record(run) for run in runs))

    async def leave() -> None:
        task = asyncio.create_task(ledger.reserve(attempt(f"left{chance.random()}", created_at=clock.now)))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def go() -> None:
        for number in range(25):
            match chance.randrange(6):
                case 0 | 1 | 2:
                    await begin(number)
                case 3:
                    await end()
                case 4:
                    clock.advance(minutes=chance.choice([0.2, 1, 5]))
                case 5:
                    await leave()
                    set_limits(database, ledger, *chance.sample(every, 3))
                    forget_withdrawn(database, ledger, every)
        while under_way:
            await end()

    asyncio.run(go())
    set_limits(database, ledger, *every)
    assert_counters_are_the_records(database, ledger, every)
    assert not any(row["id"].startswith("left") for row in records(database))


def forget_withdrawn(database: Database, ledger: AnyLedger, every: tuple[Limit, ...]) -> None:
    """What the service does with a limit that is withdrawn or paused: its counters begin anew later."""
    with database.unit_of_work() as work:
        lock_limits(work.connection)
        in_force = {one.id for one in select_limits(work.connection)}
        for one in every:
            if one.id not in in_force:
                forget_counters(work.connection, one.id)
    ledger.refresh()


def test_a_caller_that_leaves_while_it_is_admitted_holds_nothing(database: Database, ledger: AnyLedger) -> None:
    one = limit(cap=Decimal(1))
    set_limits(database, ledger, one)

    async def go() -> None:
        tasks = [asyncio.create_task(ledger.reserve(attempt(f"left{number}"))) for number in range(20)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await ledger.reserve(attempt("stays"))

    asyncio.run(go())
    assert used(ledger, one) == (0, CENT)


def test_a_caller_that_leaves_while_its_record_is_written_changes_nothing(
    database: Database, ledger: AnyLedger
) -> None:
    one = limit(cap=Decimal(1))
    set_limits(database, ledger, one)

    async def go() -> None:
        await ledger.reserve(attempt("a"))
        leaving = asyncio.create_task(ledger.record(answered(attempt("a"), "0.002")))
        await asyncio.sleep(0)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        await ledger.reserve(attempt("b"))
        await ledger.record(answered(attempt("b"), "0.003"))

    asyncio.run(go())
    assert used(ledger, one) == (Decimal("0.005"), 0)
    assert [row["id"] for row in records(database)] == ["a", "b"]


def test_half_known_tokens_count_with_their_bound_in_counters_and_records(
    database: Database, ledger: AnyLedger
) -> None:
    tokens = limit(metric=Metric.TOKENS, cap=Decimal(1_000))
    set_limits(database, ledger, tokens)
    asyncio.run(ledger.reserve(attempt("a")))
    asyncio.run(ledger.record(replace(broken(attempt("a")), input_tokens=30)))
    assert used(ledger, tokens) == (100, 0)
    assert_counters_are_the_records(database, ledger, (tokens,))
