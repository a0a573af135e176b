"""A run is a folder of files; this is the one place that knows their names."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from coaching_core.errors import ConflictError, DiskFullError, RunDamagedError, RunNotFoundError, WorkbenchError
from evals.judge_spec import JudgeSpec
from evals.plan import RunPlan, read_plan

JUDGE_CHECK, JUDGE_QUALITY = "judge_check.json", "judge_quality.json"
"""In the folder of a check of a judge: what it is about, and what it found when it came to its end."""

_SECONDS_TO_START = 30
"""How long a run may wait for its process before it counts as interrupted."""


class RunState(StrEnum):
    """Where a run stands. ``interrupted``: its process is gone without a word; it can be resumed."""

    WAITING = "waiting"
    RUNNING = "running"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RunStatus:
    """The last thing a run's process said about itself."""

    state: RunState
    reason: str = ""
    updated_at: str = ""


class AddedJudges(BaseModel):
    """Judges that joined a run after its start.

    Attributes:
        money_cap: USD that the run may spend on top of its plan's cap; below 0 where it had not used that up.
        simulated: A simulated model is among them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    judges: tuple[JudgeSpec, ...]
    money_cap: Decimal = Decimal(0)
    simulated: bool = False


class RunFolder:
    """The files of one run: plan, journal, status, results, report."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._frozen: tuple[tuple[int, int], RunPlan] | None = None

    @property
    def run_id(self) -> str:
        """The run's id is the folder's name."""
        return self.path.name

    @property
    def journal(self) -> Path:
        """Append-only lines, fsynced: the truth of the run."""
        return self.path / "journal.jsonl"

    @property
    def results(self) -> Path:
        """One row per answer, Parquet; written when the run ends."""
        return self.path / "results.parquet"

    @property
    def preferences(self) -> Path:
        """One row per comparison of two answers, Parquet; where pairwise judges were asked."""
        return self.path / "preferences.parquet"

    @property
    def items(self) -> Path:
        """One row per item of the plan, Parquet: to open one item without reading the plan."""
        return self.path / "items.parquet"

    @property
    def report(self) -> Path:
        """A self-contained page; written when the run ends."""
        return self.path / "report.html"

    @property
    def log(self) -> Path:
        """What the run's process printed, when the app started it."""
        return self.path / "run.log"

    def create(self, plan: RunPlan) -> None:
        """Make the folder and write the frozen plan.

        Raises:
            ConflictError: A run with this id is there already.
            DiskFullError: No room; nothing is left behind.
        """
        try:
            self.path.mkdir(parents=True)
        except FileExistsError as error:
            raise ConflictError(f"There is a run “{self.run_id}” already in {self.path.parent}.") from error
        except OSError as error:
            raise _write_error(self.path, error) from error
        try:
            write_durably(self.path / "plan.json", plan.model_dump_json(indent=1).encode())
        except BaseException:
            for file in self.path.iterdir():
                file.unlink()
            self.path.rmdir()
            raise

    def plan(self) -> RunPlan:
        """The frozen plan, with the judges that were added since.

        Raises:
            RunNotFoundError: This is no run's folder.
        """
        plan = self.frozen_plan()
        try:
            added = AddedJudges.model_validate_json((self.path / "judges.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return plan
        except (OSError, ValueError) as error:
            raise RunDamagedError(f"{self.path / 'judges.json'} cannot be read: {error}") from error
        extended = {
            "judges": (*plan.judges, *added.judges),
            "money_cap": plan.money_cap + added.money_cap,
            "simulated": plan.simulated or added.simulated,
        }
        return plan.model_copy(update=extended)

    def add_judges(self, added: AddedJudges) -> None:
        """Have more judges speak of what was answered already; the run has something to do again.

        Raises:
            ConflictError: The run is being worked on.
            DiskFullError: No room; nothing was changed.
        """
        if self.is_running():
            raise ConflictError(f"Run {self.run_id} is being worked on. Wait for its end, or stop it.")
        plan = self.plan()
        before = plan.judges[len(self.frozen_plan().judges) :]
        cap = plan.money_cap - self.frozen_plan().money_cap + added.money_cap
        whole = AddedJudges(judges=(*before, *added.judges), money_cap=cap, simulated=plan.simulated or added.simulated)
        write_durably(self.path / "judges.json", whole.model_dump_json(indent=1).encode())
        self.write_status(RunState.STOPPED, "Judges were added.")

    def frozen_plan(self) -> RunPlan:
        """The plan as the run began with it; read again only when its file is another one.

        Raises:
            RunNotFoundError: This is no run's folder.
        """
        file = self.path / "plan.json"
        try:
            facts = file.stat()
            stamp = (facts.st_mtime_ns, facts.st_size)
            if self._frozen is not None and self._frozen[0] == stamp:
                return self._frozen[1]
            document = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise RunNotFoundError(self.run_id) from error
        plan = read_plan(document)
        if not isinstance(plan, RunPlan):
            raise RunNotFoundError(self.run_id)
        self._frozen = (stamp, plan)
        return plan

    def write_status(self, state: RunState, reason: str = "") -> None:
        """Say where the run stands."""
        status = RunStatus(state, reason, datetime.now(UTC).isoformat(timespec="milliseconds"))
        write_durably(self.path / "status.json", json.dumps(asdict(status)).encode())

    def status(self) -> RunStatus:
        """Where the run stands: what it said last, unless its process is gone."""
        try:
            document: dict[str, Any] = json.loads((self.path / "status.json").read_text(encoding="utf-8"))
            status = RunStatus(RunState(document["state"]), document["reason"], document["updated_at"])
        except (OSError, ValueError, KeyError):
            status = RunStatus(RunState.WAITING)
        if status.state in (RunState.RUNNING, RunState.WAITING) and not self.is_running():
            if status.state is RunState.RUNNING:
                return RunStatus(RunState.INTERRUPTED, "The process ended without a word.", status.updated_at)
            if self._seconds_waited() > _SECONDS_TO_START:
                return RunStatus(RunState.INTERRUPTED, f"No process took it up; see {self.log}.", status.updated_at)
        return status

    def _seconds_waited(self) -> float:
        said = self.path / "status.json"
        try:
            return time.time() - (said if said.exists() else self.path / "plan.json").stat().st_mtime
        except FileNotFoundError:
            return 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Hold the run: only one process works on it at a time.

        Raises:
            ConflictError: Another process does.
        """
        with (self.path / "run.lock").open("a+", encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise ConflictError(f"Run {self.run_id} is being worked on by process {self.pid()}.") from error
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Make the run ready to be worked on: it counts as waiting. After an error in the block it stands as before."""
        if self.is_running():
            yield
            return
        before = self.status()
        self.write_status(RunState.WAITING)
        try:
            yield
        except BaseException:
            self.write_status(before.state, before.reason)
            raise

    def is_running(self) -> bool:
        """Whether a living process holds the run."""
        try:
            with (self.path / "run.lock").open("r", encoding="ascii") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return False

    def pid(self) -> int | None:
        """The process that works on the run, or did last."""
        try:
            return int((self.path / "run.lock").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None


def write_durably(file: Path, content: bytes | Iterable[bytes]) -> None:
    """Replace a file's content so that either the old or the new is there whatever happens.

    Args:
        content: As a whole, or in pieces.

    Raises:
        DiskFullError: No room; the old content is untouched.
    """
    draft = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        with draft.open("wb") as stream:
            stream.writelines([content] if isinstance(content, bytes) else content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise _write_error(file, error) from error


def is_full(error: OSError) -> bool:
    """Whether an error means: no room on the disk."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _write_error(file: Path, error: OSError) -> WorkbenchError:
    if is_full(error):
        return DiskFullError(f"The disk is full: {file} could not be written. Free some space and try again.")
    return WorkbenchError(f"{file} could not be written: {error.strerror}.")
