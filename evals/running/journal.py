"""The journal of a run: append-only lines, durable before anyone hears of them.

Terminal lines, each unique: ``answer`` for (item, variant, repeat), ``verdict`` for the same with its judge, and
``preference`` with judge, other variant and order. Each carries the PromptRuns of the calls it took, so that result and
cost are kept together or not at all (reliability 1-3). One that says ``again`` takes the place of one that failed.
``turn`` carries one turn of a conversation that is not at its end yet; ``lost`` the PromptRuns of calls that brought no
result, cut off by a crash or a stop; ``decision`` says that the run stopped early and why. Lines of several cells share
one write and one fsync.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_core import from_json, to_json

from coaching_core.errors import DiskFullError
from evals.plan import Cell
from evals.running.folder import is_full

ANSWER, VERDICT, PREFERENCE, TURN = "answer", "verdict", "preference", "turn"
LOST = "lost"
"""The kind of a line whose calls belong to no cell."""

DECISION = "decision"
"""The kind of the line that ends a run before its last item."""

NO_CELL = Cell("", "", 0)
"""The cell of lines that belong to none."""

_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of a kind above; ``body`` is all that it says."""

    kind: str
    cell: Cell
    body: dict[str, Any]

    @property
    def again(self) -> bool:
        """Whether it takes the place of a line that failed."""
        return bool(self.body.get("again"))

    def encode(self) -> bytes:
        """The line as it stands in the file."""
        head = {"kind": self.kind, "item": self.cell.item, "variant": self.cell.variant, "repeat": self.cell.repeat}
        return to_json(head | self.body) + b"\n"

    @classmethod
    def decode(cls, raw: bytes) -> JournalLine:
        """The inverse of :meth:`encode`; raises ValueError on anything else."""
        try:
            body = from_json(raw)
            cell = Cell(body.pop("item"), body.pop("variant"), body.pop("repeat"))
            return cls(body.pop("kind"), cell, body)
        except (KeyError, AttributeError, TypeError) as error:
            raise ValueError("not a journal line") from error


def read_journal(file: Path, offset: int = 0) -> Iterator[tuple[JournalLine, int]]:
    """The whole lines from an offset on, each with the offset behind it. A torn last line is left out.

    Raises:
        ValueError: A whole line cannot be read; the journal was damaged by something else than a crash.
    """
    if not file.exists():
        return
    with file.open("rb") as stream:
        stream.seek(offset)
        for raw in stream:
            if not raw.endswith(b"\n"):
                return
            offset += len(raw)
            yield JournalLine.decode(raw), offset


def read_lines(file: Path, places: Iterable[int]) -> Iterator[JournalLine]:
    """The lines that begin at these places, bytes.

    Raises:
        OSError, ValueError: There is no line at one of them.
    """
    with file.open("rb") as stream:
        for place in places:
            stream.seek(place)
            yield JournalLine.decode(stream.readline())


class Journal:
    """Appends lines in groups. One writer at a time; use as ``async with Journal(file) as journal``.

    Args:
        file: The journal; a torn last line from a crash is cut off when it is opened.
        on_pause: Called with a message when the disk is full and the journal waits, and with None when it goes on.
        patience_seconds: How long to wait for room before giving up.
    """

    def __init__(
        self, file: Path, on_pause: Callable[[str | None], None] = lambda _: None, patience_seconds: float = 600
    ) -> None:
        self._file = file
        self._on_pause = on_pause
        self._patience_seconds = patience_seconds
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()
        self._closing = False
        self._flusher: asyncio.Task[None] | None = None
        self._descriptor = -1
        self._end = 0

    async def __aenter__(self) -> Journal:
        self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o644)
        self._end = _end_of_last_line(self._descriptor)
        os.ftruncate(self._descriptor, self._end)
        self._flusher = asyncio.create_task(self._flush_forever())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        self._wake.set()
        try:
            if self._flusher is not None:
                await self._flusher
        finally:
            os.close(self._descriptor)

    async def append(self, line: JournalLine) -> None:
        """Add a line; returns when it is on the disk.

        Raises:
            DiskFullError: There was no room for as long as the journal's patience lasted.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((line.encode(), done))
        self._wake.set()
        await done

    async def _flush_forever(self) -> None:
        while not (self._closing and not self._waiting):
            await self._wake.wait()
            self._wake.clear()
            if not self._waiting:
                continue
            group, self._waiting = self._waiting, []
            try:
                await self._write(b"".join(raw for raw, _ in group))
            except (OSError, DiskFullError) as error:
                for _, done in group:
                    if not done.cancelled():
                        done.set_exception(error)
                continue
            for _, done in group:
                if not done.cancelled():
                    done.set_result(None)

    async def _write(self, block: bytes) -> None:
        waited = 0.0
        while True:
            try:
                await asyncio.to_thread(self._write_once, block)
            except OSError as error:
                if not is_full(error):
                    raise
                if waited >= self._patience_seconds:
                    message = f"The disk under {self._file} is full. Free some space, then resume the run."
                    raise DiskFullError(message) from error
                if not waited:
                    self._on_pause(
                        f"The disk under {self._file} is full. The run waits; it goes on as soon as there is room."
                    )
                await asyncio.sleep(_PAUSE_SECONDS)
                waited += _PAUSE_SECONDS
                continue
            if waited:
                self._on_pause(None)
            self._end += len(block)
            return

    def _write_once(self, block: bytes) -> None:
        try:
            rest = memoryview(block)
            position = self._end
            while rest:
                written = os.pwrite(self._descriptor, rest, position)
                rest, position = rest[written:], position + written
            os.fsync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, self._end)
            raise


def _end_of_last_line(descriptor: int) -> int:
    end = os.fstat(descriptor).st_size
    while end > 0:
        start = max(0, end - 65_536)
        block = os.pread(descriptor, end - start, start)
        newline = block.rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0
