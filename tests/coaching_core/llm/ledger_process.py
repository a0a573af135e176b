"""A process of its own with a ledger, for tests: ``python -m … race|hold HOME PREFIX CALLS [DATABASE_URL]``.

It says ``ready``, waits for a line, asks for CALLS attempts at once and says how many were admitted. ``race`` records
them and ends; ``hold`` records the first of them and waits to be killed.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coaching_core.llm.accounting import Reservation
from coaching_core.settings import Settings
from coaching_core.storage.database import open_database
from tests.coaching_core.llm.holding import AnyLedger, Watch, answered, attempt, opened, reserve_all
from tests.conftest import PROJECT, make_settings


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def _race(ledger: AnyLedger, wishes: list[Reservation]) -> int:
    admitted = await reserve_all(ledger, wishes)
    for held in admitted:
        await ledger.record(answered(held))
    return len(admitted)


async def _hold(ledger: AnyLedger, wishes: list[Reservation]) -> int:
    admitted = await reserve_all(ledger, wishes)
    await ledger.record(answered(admitted[0], "0.002"))
    return len(admitted)


def main(what: str, home: str, prefix: str, calls: str, url: str | None = None) -> None:
    """Do one of the two."""
    database = open_database(make_settings(Path(home), database_url=url))
    wishes = [attempt(f"{prefix}{number:03}") for number in range(int(calls))]
    with opened(database, Path(home) / "calls", Watch()) as ledger:
        _say("ready")
        sys.stdin.readline()
        done = asyncio.run((_race if what == "race" else _hold)(ledger, wishes))
        _say(str(done))
        if what == "hold":
            sys.stdin.readline()
    database.close()


@contextmanager
def begun(settings: Settings, what: str, prefix: str, calls: int) -> Iterator[subprocess.Popen[str]]:
    """Such a process, ready to begin."""
    arguments = [what, str(settings.home), prefix, str(calls)]
    if settings.database_url is not None:
        arguments.append(settings.database_url)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.coaching_core.llm.ledger_process", *arguments],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert told(process) == "ready"
        yield process
    finally:
        process.kill()
        process.communicate()


def go(process: subprocess.Popen[str]) -> None:
    """Let it begin."""
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def told(process: subprocess.Popen[str]) -> str:
    """The next line it says."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


if __name__ == "__main__":
    main(*sys.argv[1:])
