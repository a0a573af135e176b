"""The ledger of one run: records become durable in the line of the cell they belong to, and the money cap holds.

Calls under way stand in a file of the run's folder, so that what a crash cut off is recorded when the run is resumed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal

from coaching_core.errors import DiskFullError, LimitReachedError
from coaching_core.llm.accounting import PromptRun, Reservation
from coaching_core.llm.call_journal import CallJournal

CAP = "run_money_cap"
"""The id of the limit that a run's own cap is."""

_PATIENCE_SECONDS = 600
_collected: ContextVar[list[PromptRun] | None] = ContextVar("prompt_runs_of_the_cell", default=None)


class CellLedger:
    """Holds and records the calls of one run.

    Args:
        journal: Where calls under way are written down; None where nothing is lost by a crash (demo data, tests).

    Attributes:
        on_pause: Called with a message when the disk is full and calls wait, and with None when they go on.
        on_record: Called with every record.
    """

    def __init__(self, journal: CallJournal | None = None) -> None:
        self._journal = journal
        self._cap: Decimal | None = None
        self._spent = Decimal(0)
        self._held: dict[str, Decimal] = {}
        self._held_in_all = Decimal(0)
        self._unsettled: dict[str, PromptRun] = {}
        self._changed = asyncio.Event()
        self.on_pause: Callable[[str | None], None] = lambda _: None
        self.on_record: Callable[[PromptRun], None] = lambda _: None

    def set_cap(self, cap: Decimal, spent: Decimal) -> None:
        """Refuse calls that could take the run over its cap, USD; ``spent`` is what it cost so far."""
        self._cap, self._spent = cap, spent

    async def reserve(self, reservation: Reservation) -> None:
        """Hold what a call may cost. Near the cap it waits for calls under way, which mostly cost less than they hold.

        Raises:
            LimitReachedError: Nothing is under way any more, and the call could go over the cap.
        """
        run = reservation.run
        bound = run.held_usd or Decimal(0)
        if not self._fits(bound):
            await self._wait_for_room(bound)
        self._held[run.id] = bound
        self._held_in_all += bound
        try:
            await self._write_down(run)
        except BaseException:
            self._let_go(run.id)
            raise
        self._unsettled[run.id] = run

    async def record(self, run: PromptRun) -> None:
        """Keep the record with the cell under way."""
        runs = _collected.get()
        if runs is None:
            raise RuntimeError("a call was made outside of a cell")
        runs.append(run)
        self.on_record(run)
        if run.id in self._unsettled:
            self._unsettled[run.id] = run
        bound = self._let_go(run.id)
        self._spent += bound if run.cost_usd is None else run.cost_usd

    def settled(self, runs: Iterable[PromptRun]) -> None:
        """These records are durable in the run's journal."""
        for run in runs:
            self._unsettled.pop(run.id, None)
            if self._journal is not None:
                self._journal.settled(run.id)

    def unsettled(self) -> list[PromptRun]:
        """Calls that were sent and whose records are in no line yet."""
        return list(self._unsettled.values())

    def lost(self, known: Collection[str]) -> list[PromptRun]:
        """Calls that an earlier process had under way when it died: those without a record among the known ids."""
        if self._journal is None:
            return []
        return [run for run in self._journal.unfinished() if run.id not in known]

    def forget_lost(self) -> None:
        """What was lost has its records now."""
        if self._journal is not None:
            self._journal.forget_unfinished()

    def close(self) -> None:
        """Let go of the file."""
        if self._journal is not None:
            self._journal.close()

    async def _write_down(self, run: PromptRun) -> None:
        if self._journal is None:
            return
        waited = 0
        while True:
            try:
                await self._journal.open(run)
            except DiskFullError as error:
                if waited >= _PATIENCE_SECONDS:
                    raise
                self.on_pause(str(error))
                waited += 1
                await asyncio.sleep(1)
                continue
            if waited:
                self.on_pause(None)
            return

    def _fits(self, bound: Decimal) -> bool:
        return self._cap is None or self._spent + self._held_in_all + bound <= self._cap

    async def _wait_for_room(self, bound: Decimal) -> None:
        while self._held and not self._fits(bound):
            self._changed.clear()
            await self._changed.wait()
        if not self._fits(bound):
            raise LimitReachedError(f"The run's money cap of ${self._cap} is reached.", CAP, 0.0, None)

    def _let_go(self, run_id: str) -> Decimal:
        """What was held for a call, which is held no more."""
        bound = self._held.pop(run_id, Decimal(0))
        self._held_in_all -= bound
        self._changed.set()
        return bound


@contextmanager
def collect_prompt_runs() -> Iterator[list[PromptRun]]:
    """Within this block, calls of this task are collected into the list it gives."""
    runs: list[PromptRun] = []
    token = _collected.set(runs)
    try:
        yield runs
    finally:
        _collected.reset(token)


def take_prompt_runs() -> list[PromptRun]:
    """The calls collected so far in the block around; the block's own list is empty after."""
    runs = _collected.get()
    if runs is None:
        raise RuntimeError("nothing is collected here")
    taken = list(runs)
    runs.clear()
    return taken
