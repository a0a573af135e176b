"""Collects the PromptRuns of one cell, so that they can be written in the same line as its result."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from coaching_core.llm.accounting import PromptRun

_collected: ContextVar[list[PromptRun] | None] = ContextVar("prompt_runs_of_the_cell", default=None)


class CellRecorder:
    """A recorder whose records become durable with the terminal line of the cell they belong to."""

    async def record(self, run: PromptRun) -> None:
        """Keep the record with the cell under way."""
        runs = _collected.get()
        if runs is None:
            raise RuntimeError("a call was made outside of a cell")
        runs.append(run)


@contextmanager
def collect_prompt_runs() -> Iterator[list[PromptRun]]:
    """Within this block, calls of this task are collected into the list it gives."""
    runs: list[PromptRun] = []
    token = _collected.set(runs)
    try:
        yield runs
    finally:
        _collected.reset(token)
