"""The ledger of a run: records stay with their cell, the cap holds whatever is under way, a crash loses nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from coaching_core.errors import DiskFullError, LimitReachedError
from coaching_core.llm.accounting import PromptRun, Reservation
from coaching_core.llm.call_journal import CallJournal
from evals.running.cell_accounting import CellLedger, collect_prompt_runs
from tests.evals.report_making import ONE_WORSE, make_results

(RUN,) = make_results(ONE_WORSE).answers[0].prompt_runs


async def of_a_cell(calls: int) -> list[PromptRun]:
    with collect_prompt_runs() as runs:
        for _ in range(calls):
            await CellLedger().record(RUN)
            await asyncio.sleep(0)
    return runs


def test_cells_side_by_side_do_not_mix() -> None:
    async def both() -> list[list[PromptRun]]:
        return list(await asyncio.gather(of_a_cell(3), of_a_cell(0), of_a_cell(5)))

    assert [len(runs) for runs in asyncio.run(both())] == [3, 0, 5]


def test_one_after_the_other_do_not_mix_and_outside_of_a_cell_nothing_is_lost_silently() -> None:
    async def in_turn() -> None:
        first, second = await of_a_cell(2), await of_a_cell(1)
        assert (first, second) == ([RUN, RUN], [RUN])
        with pytest.raises(RuntimeError, match="outside of a cell"):
            await CellLedger().record(RUN)

    asyncio.run(in_turn())


def test_an_error_in_a_cell_ends_it() -> None:
    async def broken() -> None:
        with pytest.raises(ZeroDivisionError), collect_prompt_runs():
            raise ZeroDivisionError
        with pytest.raises(RuntimeError):
            await CellLedger().record(RUN)

    asyncio.run(broken())


def held(number: int, bound: str | None = "1") -> Reservation:
    """A call that may cost so much; None where its price is unknown."""
    run = replace(RUN, id=f"call-{number}", cost_usd=None, held_usd=None if bound is None else Decimal(bound))
    return Reservation(run, streaming=False, expires_at=RUN.created_at)


def ended(number: int, cost: str | None = "1", bound: str | None = "1") -> PromptRun:
    known = None if cost is None else Decimal(cost)
    return replace(held(number, bound).run, cost_usd=known)


async def refused(ledger: CellLedger, reservation: Reservation) -> None:
    with pytest.raises(LimitReachedError, match=r"The run's money cap of \$3 is reached\."):
        await asyncio.wait_for(ledger.reserve(reservation), 5)


async def waits(ledger: CellLedger, reservation: Reservation) -> asyncio.Task[None]:
    """A reservation that does not come through for now."""
    task = asyncio.create_task(ledger.reserve(reservation))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not task.done()
    return task


@pytest.mark.parametrize(
    ("spent", "bound", "fits"), [("0", "3", True), ("0", "3.01", False), ("2", "1", True), ("2.01", "1", False)]
)
def test_a_call_that_could_go_over_the_cap_is_refused(spent: str, bound: str, fits: bool) -> None:
    async def ask() -> None:
        ledger = CellLedger()
        ledger.set_cap(Decimal(3), Decimal(spent))
        if fits:
            await ledger.reserve(held(1, bound))
        else:
            await refused(ledger, held(1, bound))

    asyncio.run(ask())


def test_near_the_cap_calls_wait_for_what_those_under_way_really_cost() -> None:
    async def ask() -> None:
        ledger = CellLedger()
        ledger.set_cap(Decimal(3), Decimal(0))
        with collect_prompt_runs():
            await ledger.reserve(held(1, "2"))
            third = await waits(ledger, held(2, "2"))
            await ledger.record(ended(1, "1", "2"))
            await third
            await ledger.record(ended(2, "1.5", "2"))
            await refused(ledger, held(3, "0.51"))
            await ledger.reserve(held(4, "0.5"))

    asyncio.run(ask())


@pytest.mark.parametrize(("cost", "left"), [(None, "1"), ("0", "3"), ("0.5", "2.5")])
def test_an_unknown_cost_counts_as_the_most_it_can_have_been(cost: str | None, left: str) -> None:
    async def ask() -> None:
        ledger = CellLedger()
        ledger.set_cap(Decimal(3), Decimal(0))
        with collect_prompt_runs():
            await ledger.reserve(held(1, "2"))
            await ledger.record(ended(1, cost, "2"))
        await refused(ledger, held(2, str(Decimal(left) + Decimal("0.01"))))
        await ledger.reserve(held(3, left))

    asyncio.run(ask())


def test_without_a_cap_and_without_a_price_nothing_is_refused() -> None:
    async def ask() -> None:
        free = CellLedger()
        for number in range(3):
            await free.reserve(held(number, "1000"))
        capped = CellLedger()
        capped.set_cap(Decimal(3), Decimal(3))
        await capped.reserve(held(1, None))

    asyncio.run(ask())


def test_a_call_is_unsettled_until_its_record_is_in_a_line() -> None:
    async def ask() -> None:
        ledger = CellLedger()
        await ledger.reserve(held(1))
        await ledger.reserve(held(2))
        assert [run.id for run in ledger.unsettled()] == ["call-1", "call-2"]
        with collect_prompt_runs():
            await ledger.record(ended(1, "0.25"))
        assert [run.cost_usd for run in ledger.unsettled()] == [Decimal("0.25"), None]
        ledger.settled([ended(1, "0.25")])
        assert [run.id for run in ledger.unsettled()] == ["call-2"]

    asyncio.run(ask())


def test_what_a_crash_cut_off_is_known_to_the_next_process_until_it_has_its_record(tmp_path: Path) -> None:
    async def crash() -> None:
        ledger = CellLedger(CallJournal(tmp_path))
        for number in (1, 2, 3):
            await ledger.reserve(held(number))
        ledger.settled([ended(1)])
        ledger.close()

    async def go_on() -> None:
        ledger = CellLedger(CallJournal(tmp_path))
        assert {run.id for run in ledger.lost({"call-1", "call-2"})} == {"call-3"}
        assert {run.held_usd for run in ledger.lost({"call-1"})} == {Decimal(1)}
        ledger.forget_lost()
        ledger.close()
        after = CellLedger(CallJournal(tmp_path))
        assert after.lost(set()) == []
        after.close()

    asyncio.run(crash())
    asyncio.run(go_on())


def test_a_ledger_without_a_journal_has_lost_nothing() -> None:
    ledger = CellLedger()
    assert ledger.lost(set()) == ledger.unsettled() == []
    ledger.forget_lost()
    ledger.close()


def test_a_full_disk_is_told_once_it_matters_and_once_it_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, told = [True], list[str | None]()
    opened: list[str] = []

    async def write(_: CallJournal, run: PromptRun) -> None:
        if full[0]:
            full[0] = False
            raise DiskFullError("The disk is full.")
        opened.append(run.id)

    async def at_once(_: float) -> None:
        return None

    async def ask() -> None:
        ledger = CellLedger(CallJournal(tmp_path))
        ledger.on_pause = told.append
        await ledger.reserve(held(1))
        await ledger.reserve(held(2))
        ledger.close()

    monkeypatch.setattr(CallJournal, "open", write)
    monkeypatch.setattr("evals.running.cell_accounting.asyncio.sleep", at_once)
    asyncio.run(ask())
    assert told == ["The disk is full.", None]
    assert opened == ["call-1", "call-2"]


def test_a_disk_that_stays_full_is_waited_for_ten_minutes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def write(_: CallJournal, run: PromptRun) -> None:
        raise DiskFullError("The disk is full.")

    async def at_once(seconds: float) -> None:
        slept.append(seconds)

    async def ask() -> None:
        ledger = CellLedger(CallJournal(tmp_path))
        with pytest.raises(DiskFullError):
            await ledger.reserve(held(1))
        assert ledger.unsettled() == [], "it was never sent"
        ledger.close()

    monkeypatch.setattr(CallJournal, "open", write)
    monkeypatch.setattr("evals.running.cell_accounting.asyncio.sleep", at_once)
    asyncio.run(ask())
    assert sum(slept) == 600


def test_a_call_that_could_not_be_written_down_holds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = CallJournal(tmp_path)

    async def broken(_: PromptRun) -> None:
        raise OSError("gone")

    async def go() -> None:
        ledger = CellLedger(journal)
        ledger.set_cap(Decimal(1), Decimal(0))
        monkeypatch.setattr(journal, "open", broken)
        with pytest.raises(OSError, match="gone"):
            await ledger.reserve(held(1))
        monkeypatch.undo()
        await ledger.reserve(held(2))

    asyncio.run(go())
