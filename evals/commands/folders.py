"""Which run folders a command of the shell means."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from coaching_core.errors import InvalidInputError, RunNotFoundError
from coaching_core.settings import Settings
from evals.plan import RunPlan
from evals.running.folder import RunFolder, RunStatus
from evals.store_access import open_store_access


def add_out(command: argparse.ArgumentParser) -> None:
    """The option that names the folder of runs."""
    command.add_argument("--out", type=Path, help="folder of runs (default: RUNS_DIR)")


def output_folder(options: argparse.Namespace, settings: Settings) -> Path:
    """Where runs are made and looked for."""
    chosen: Path = options.out or settings.runs_folder
    return chosen.resolve()


def find_folder(options: argparse.Namespace, settings: Settings, run_id: str) -> RunFolder:
    """The folder of a run: in the output folder, among the runs the store knows, or named by its path.

    The folder it gives may hold no run; whoever reads its plan hears so.
    """
    direct = RunFolder(output_folder(options, settings) / run_id)
    if (direct.path / "plan.json").exists():
        return direct
    for folder in all_folders(options, settings):
        if folder.run_id == run_id:
            return folder
    return RunFolder(Path(run_id) if Path(run_id, "plan.json").exists() else direct.path)


def all_folders(options: argparse.Namespace, settings: Settings) -> list[RunFolder]:
    """All runs, those the store knows and those in the output folder, newest first."""
    with open_store_access(settings) as store:
        known = store.folders()
    here = [file.parent.resolve() for file in output_folder(options, settings).glob("*/plan.json")]
    paths = {path for path in (*known, *here) if (path / "plan.json").exists()}
    return [RunFolder(path) for path in sorted(paths, key=lambda path: path.name, reverse=True)]


def readable(folders: list[RunFolder]) -> list[tuple[RunFolder, RunPlan, RunStatus]]:
    """The folders with their plan and state; one that cannot be read is named on stderr and left out."""
    found = []
    for folder in folders:
        try:
            found.append((folder, folder.plan(), folder.status()))
        except (InvalidInputError, RunNotFoundError) as error:
            print(f"{folder.path} is left out: {error}", file=sys.stderr)  # noqa: T201
    return found
