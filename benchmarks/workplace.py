"""A home of a benchmark's own, and the child processes that work in it: nothing of a person's is touched."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from coaching_core.settings import Settings

PROJECT = Path(__file__).resolve().parent.parent
_LONGEST_SECONDS = 90.0
"""No child process lives longer than this."""


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder for one benchmark, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def settings_of(home: Path) -> Settings:
    """Settings with a DuckDB store of the benchmark's own, whatever a ``.env`` says."""
    values = {"workbench_home": home, "datasets_dir": PROJECT / "datasets", "database_url": None}
    return Settings(_env_file=None, **values)  # type: ignore[arg-type]


def environment_of(home: Path, **changes: str) -> dict[str, str]:
    """The environment of a child process: no keys, no store but the benchmark's own."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.endswith(("_API_KEY", "_PROXY", "_proxy"))
    }
    own = {"WORKBENCH_HOME": str(home), "DATABASE_URL": "", "RUNS_DIR": "", "PYTHONPATH": str(PROJECT)}
    return inherited | own | changes


def run_child(arguments: Sequence[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run Python with these arguments to its end.

    Raises:
        RuntimeError: It failed or took too long; the message holds the end of what it said.
    """
    command = [sys.executable, *arguments]
    try:
        done = subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=_LONGEST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"took longer than {_LONGEST_SECONDS:g} s") from error
    if done.returncode != 0:
        raise RuntimeError(f"exit code {done.returncode}: {done.stderr.strip()[-300:]}")
    return done


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
