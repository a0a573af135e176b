"""Calls ``python -m evals``: inside this process where that is enough, as a process of its own where it is not."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from coaching_core.prompts.seeds import load_seed
from evals.cli import main
from evals.plan import Cell
from evals.running.folder import RunFolder
from evals.running.journal import LOST, read_journal
from tests.conftest import PROJECT
from tests.evals.making import OPEN_QUESTIONS
from tests.server_process import variables

PYTHON = [sys.executable, "-m", "evals"]
_SECRETS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "DATABASE_URL", "RUNS_DIR", "EXTRA_MODELS", "PRICE_OVERRIDES")


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """All of stdout as strict JSON: no NaN, nothing before it, nothing after it."""
        return json.loads(self.out, parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


class Shell:
    """A folder to stand in, with a home of its own in it.

    Attributes:
        folder: Where commands are called.
        closed: Core values without its sentence on open questions: a prompt that scores lower.
        same: Core values as seeded.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "my home"
        self.runs = self.home / "runs"
        self.closed = folder / "no open questions.md"
        self.same = folder / "the same.md"
        system = load_seed(PROJECT / "datasets" / "topics" / "core_values").prompts["system"]
        self.same.write_text(system, encoding="utf-8")
        self.closed.write_text(system.replace(OPEN_QUESTIONS, ""), encoding="utf-8")

    def call(self, *arguments: str, **environment: str) -> Said:
        """Call ``main`` in this process."""
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(self.folder)
            for name in _SECRETS:
                patch.delenv(name, raising=False)
            for name, value in variables(self.home, **environment).items():
                patch.setenv(name, value)
            try:
                code = main(arguments)
            except SystemExit as wrong_use:
                code = int(str(wrong_use.code))
        return Said(code, out.buffer.getvalue().decode(), err.getvalue())  # type: ignore[attr-defined]

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        """Start a process; read its stdout and stderr."""
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=variables(self.home, **environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def spawn(self, *arguments: str, **environment: str) -> Said:
        """Call ``python -m evals`` and wait for its end."""
        process = self.start(*PYTHON, *arguments, **environment)
        out, err = process.communicate(timeout=100)
        return Said(process.returncode, out, err)

    def copy_line(self, line: str, **environment: str) -> Said:
        """Paste a line into a shell in which ``python`` is ours."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        process = self.start("sh", "-c", line, PATH=path, **environment)
        out, err = process.communicate(timeout=100)
        return Said(process.returncode, out, err)

    def options(self, *prompts: str, **changes: str) -> list[str]:
        """A ``run`` over core values; keyword arguments are options to add or change."""
        values = {"dataset": "coaching_reply", "topic": "core_values", "judge": "simulated/judge"}
        named = [part for name, value in (values | changes).items() for part in (f"--{name.replace('_', '-')}", value)]
        models = [] if "model" in changes else ["--model", "simulated/coach-steady"]
        tried = prompts or ("published", f"file:{self.closed}")
        return ["run", *named, *models, *(part for prompt in tried for part in ("--prompt", prompt))]

    def state(self) -> tuple[list[str], list[tuple[Any, ...]]]:
        """What a command may have changed: the run folders, and the rows of runs and calls."""
        folders = sorted(str(path) for path in self.runs.glob("*")) if self.runs.exists() else []
        return folders, self.ask("select run_id, status from eval_runs order by 1")

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the store's file; nobody else may hold it."""
        store = self.home / "workbench.duckdb"
        if not store.exists():
            return []
        with duckdb.connect(str(store), config={"threads": max(1, (os.cpu_count() or 2) - 1)}) as connection:
            return connection.execute(query).fetchall()


def cells(folder: RunFolder) -> Counter[tuple[str, Cell]]:
    """How often each line of a result is there in a journal."""
    return Counter((line.kind, line.cell) for line, _ in read_journal(folder.journal) if line.kind != LOST)
