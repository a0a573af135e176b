"""What a check is about, kept in the folder of its first run, so that it can be gone on with."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError

from coaching_core.errors import RunNotFoundError
from evals.running.folder import JUDGE_CHECK, RunFolder, write_durably


class CheckRecord(BaseModel):
    """Where a check's answers come from.

    Attributes:
        source: In words.
        source_run: The run they are of; empty where they are of none.
        labels_file: Where people's labels are; empty for those given in the workbench.
        attack_run_id: The check's second run; empty where no attacks are tried.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    source_run: str = ""
    labels_file: str = ""
    attack_run_id: str = ""


def write_record(record: CheckRecord, folder: RunFolder) -> None:
    """Keep it.

    Raises:
        DiskFullError: No room.
    """
    write_durably(folder.path / JUDGE_CHECK, record.model_dump_json(indent=1).encode())


def read_record(folder: RunFolder) -> CheckRecord:
    """What :func:`write_record` wrote.

    Raises:
        RunNotFoundError: This is no check of a judge.
    """
    try:
        return CheckRecord.model_validate_json((folder.path / JUDGE_CHECK).read_bytes())
    except (OSError, ValidationError) as error:
        raise RunNotFoundError(folder.run_id) from error
