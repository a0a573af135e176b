"""The journal: every line that was promised is there, whole and in order, whatever the disk does."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching_core.errors import DiskFullError
from evals.plan import Cell
from evals.running.journal import Journal, JournalLine, read_journal


def line(number: int, text: str = "") -> JournalLine:
    return JournalLine("answer", Cell("i", "v", number), {"text": text})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def written(file: Path, work: Callable[[Journal], Awaitable[Any]], **options: Any) -> None:
    async def do() -> None:
        async with Journal(file, **options) as journal:
            await work(journal)

    asyncio.run(do())


async def append_all(journal: Journal, lines: list[JournalLine]) -> None:
    await asyncio.gather(*(journal.append(one) for one in lines))


def numbers(file: Path) -> list[int]:
    return [found.cell.repeat for found, _ in read_journal(file)]


def test_a_line_is_compact_json_with_its_cell_first() -> None:
    one = JournalLine("verdict", Cell("ü", "v", 2), {"judge": "x"})
    assert one.encode() == '{"kind":"verdict","item":"ü","variant":"v","repeat":2,"judge":"x"}\n'.encode()
    assert JournalLine.decode(one.encode()) == one


@given(st.text(), st.text(), st.integers(0, 99), st.dictionaries(st.text().map("x{}".format), st.text()))
def test_any_line_comes_back(item: str, variant: str, repeat: int, body: dict[str, str]) -> None:
    one = JournalLine("answer", Cell(item, variant, repeat), body)
    raw = one.encode()
    assert raw.count(b"\n") == 1
    assert JournalLine.decode(raw) == one


@pytest.mark.parametrize("missing", ["kind", "item", "variant", "repeat"])
def test_a_line_without_its_cell_is_refused(missing: str) -> None:
    document = json.loads(line(1).encode())
    del document[missing]
    with pytest.raises(ValueError):
        JournalLine.decode(json.dumps(document).encode())


@pytest.mark.parametrize("raw", [b"", b"5", b"null", b"[]", b'"x"', b"{}", b"{", b"\xff"])
def test_what_is_no_line_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError):
        JournalLine.decode(raw)


def test_reading_goes_on_from_any_offset_it_gave(file: Path) -> None:
    lines = [line(number, "ü" * number) for number in range(5)]
    file.write_bytes(b"".join(one.encode() for one in lines))
    found = list(read_journal(file))
    assert [one for one, _ in found] == lines
    assert found[-1][1] == file.stat().st_size
    for place, (_, offset) in enumerate(found):
        assert list(read_journal(file, offset)) == found[place + 1 :]
    assert list(read_journal(file.with_name("gone"))) == []


@pytest.mark.parametrize("torn", [0, 1, 65_534, 65_535, 65_536, 65_537, 131_072, 200_000])
def test_a_torn_end_of_any_length_is_cut_off_and_nothing_else(file: Path, torn: int) -> None:
    whole = line(0).encode() + line(1).encode()
    file.write_bytes(whole + b"x" * torn)
    assert numbers(file) == [0, 1]
    written(file, lambda journal: journal.append(line(2)))
    assert file.read_bytes() == whole + line(2).encode()


@pytest.mark.parametrize("torn", [1, 70_000])
def test_a_journal_that_is_nothing_but_torn_starts_anew(file: Path, torn: int) -> None:
    file.write_bytes(b"x" * torn)
    written(file, lambda journal: journal.append(line(2)))
    assert file.read_bytes() == line(2).encode()


def test_lines_follow_those_that_were_there_in_the_order_they_came(file: Path) -> None:
    for lines in ([line(number) for number in range(30)], [line(number) for number in range(30, 60)]):
        written(file, partial(append_all, lines=lines))
    assert numbers(file) == list(range(60))
    assert file.stat().st_mode & 0o133 == 0, "nobody else may write to it"


def test_lines_that_come_together_share_a_write(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    written(file, lambda journal: append_all(journal, [line(n) for n in range(100)]))
    assert 1 <= len(synced) <= 10
    assert numbers(file) == list(range(100))


def test_a_disk_that_takes_a_few_bytes_at_a_time(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda fd, data, offset: write(fd, bytes(data)[:7], offset))
    written(file, lambda journal: append_all(journal, [line(n, "words " * n) for n in range(5)]))
    assert numbers(file) == list(range(5))


def test_an_error_of_the_disk_reaches_who_waits_and_leaves_no_half_line(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, broken = os.pwrite, [True]

    def half(descriptor: int, data: Any, offset: int) -> int:
        if broken[0]:
            write(descriptor, bytes(data)[:10], offset)
            raise OSError(errno.EIO, "Input/output error")
        return write(descriptor, data, offset)

    async def work(journal: Journal) -> None:
        broken[0] = False
        await journal.append(line(0))
        broken[0] = True
        with pytest.raises(OSError, match="Input/output error"):
            await journal.append(line(1))
        assert numbers(file) == [0]
        assert file.read_bytes() == line(0).encode()
        broken[0] = False
        await journal.append(line(2))

    monkeypatch.setattr(os, "pwrite", half)
    written(file, work)
    assert numbers(file) == [0, 2]


def filling(monkeypatch: pytest.MonkeyPatch, failures: int) -> list[int]:
    """The disk has no room for so many writes; gives the tries made."""
    write = os.pwrite
    tries: list[int] = []

    def full(descriptor: int, data: Any, offset: int) -> int:
        tries.append(len(tries))
        if len(tries) <= failures:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, data, offset)

    monkeypatch.setattr(os, "pwrite", full)
    monkeypatch.setattr("evals.running.journal._PAUSE_SECONDS", 0.0078125)
    return tries


def test_a_pause_is_told_once_and_its_end_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str | None] = []
    tries = filling(monkeypatch, 3)
    written(file, lambda journal: journal.append(line(0)), on_pause=told.append)
    assert len(tries) == 4
    first, last = told
    assert first is not None
    assert str(file) in first
    assert last is None
    assert numbers(file) == [0]


def test_no_pause_no_word(file: Path) -> None:
    told: list[str | None] = []
    written(file, lambda journal: journal.append(line(0)), on_pause=told.append)
    assert told == []


def test_patience_ends_when_it_was_said_to(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = filling(monkeypatch, 1_000)

    async def work(journal: Journal) -> None:
        with pytest.raises(DiskFullError, match="Free some space, then resume"):
            await journal.append(line(0))

    written(file, work, patience_seconds=0.015625)
    assert len(tries) == 3, "at once, and after each of two pauses"


def test_who_stops_waiting_stops_nobody_else(file: Path) -> None:
    async def work(journal: Journal) -> None:
        first, second = (asyncio.create_task(journal.append(line(n))) for n in (0, 1))
        await asyncio.sleep(0)
        first.cancel()
        await second
        assert first.cancelled() or first.done()
        await journal.append(line(2))

    written(file, work)
    assert numbers(file) == [0, 1, 2]


def test_leaving_writes_what_waits_and_gives_the_file_back(file: Path) -> None:
    async def do() -> None:
        before = os.open(file, os.O_RDWR | os.O_CREAT)
        os.close(before)
        async with Journal(file) as journal:
            waiting = asyncio.create_task(journal.append(line(7)))
            await asyncio.sleep(0)
        await waiting
        after = os.open(file, os.O_RDWR)
        os.close(after)
        assert after == before

    asyncio.run(do())
    assert numbers(file) == [7]


def test_a_slow_disk_holds_its_writers_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reliability row 19: who appends waits; what waits is never more than one line for each writer."""
    gate, real, file = threading.Event(), os.fsync, tmp_path / "journal.jsonl"
    monkeypatch.setattr(os, "fsync", lambda descriptor: (gate.wait(30), real(descriptor)))
    begun: list[int] = []

    async def writer(journal: Journal, number: int) -> None:
        for repeat in range(20):
            begun.append(number)
            await journal.append(JournalLine("answer", Cell(f"i{number}", "v", repeat), {}))

    async def write() -> None:
        async with Journal(file) as journal:
            writers = [asyncio.create_task(writer(journal, number)) for number in range(50)]
            for _ in range(200):
                await asyncio.sleep(0)
            assert sorted(begun) == list(range(50))
            gate.set()
            await asyncio.gather(*writers)

    asyncio.run(write())
    assert len(list(read_journal(file))) == 1000
