"""Records of calls stay with the cell that made them."""

from __future__ import annotations

import asyncio

import pytest

from coaching_core.llm.accounting import PromptRun
from evals.cell_accounting import CellLedger, collect_prompt_runs
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
