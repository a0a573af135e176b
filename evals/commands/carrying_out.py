"""Carries a run out at the shell: from its folder to the document that is printed and the exit code."""

from __future__ import annotations

import argparse
import asyncio
import shlex
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coaching_core.errors import DiskFullError, WorkbenchError
from coaching_core.llm.assembly import build_catalogue, build_providers, equip, loaded
from coaching_core.llm.call_journal import CallJournal
from coaching_core.llm.catalogue import Catalogue
from coaching_core.llm.gateway import Gateway
from coaching_core.llm.kept_replies import KeptReplies
from coaching_core.settings import Settings
from evals.commands.output import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, complain
from evals.gates.gate import EXIT_MET, EXIT_NOT_MET, gate_exit_code
from evals.ingest import summarise
from evals.plan import RunPlan
from evals.reports import report_parts
from evals.results.parquet import write_parquet
from evals.results.reading import load_results
from evals.results.run_results import RunResults
from evals.results.stopping_early import saved_by
from evals.running.cell_accounting import CellLedger
from evals.running.done import misses_any
from evals.running.events import Ended, EventListener
from evals.running.folder import RunFolder, RunState, write_durably
from evals.running.progress_line import ProgressLine
from evals.running.runner import Runner
from evals.store_access import StoreAccess, open_store_access, trust_of

if TYPE_CHECKING:
    from evals.reports.junit import GateCase


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run came out.

    Attributes:
        document: What is printed.
        code: The exit code.
    """

    document: dict[str, Any]
    code: int


def make_known(folder: RunFolder, store: StoreAccess) -> None:
    """Tell the store of a run, unless what it has done so far cannot be read.

    Raises:
        RunDamagedError: A line of its journal cannot be read.
        StoreError: The store cannot be reached.
    """
    load_results(folder)
    with folder.waiting():
        store.register(folder)


def carry_out(folder: RunFolder, settings: Settings, options: argparse.Namespace) -> Outcome:
    """Do what is missing of a run that the store knows, write it up, and have the store take it in.

    Raises:
        WorkbenchError: It cannot be carried out.
    """
    plan = folder.plan()
    failed_again = getattr(options, "retry_failed", False)
    if failed_again or misses_any(folder.journal, plan):
        __require_models_or_fail(folder, settings)
    line = ProgressLine(sys.stderr, plan, as_json=options.json)
    ended = asyncio.run(_work(folder, settings, line.hear, failed_again))
    line.close()
    if failed_again and ended.state is RunState.FINISHED and ended.reason:
        print(f"Not all that failed was asked again. {ended.reason}", file=sys.stderr)  # noqa: T201
    results = load_results(folder)
    if (saved := saved_by(results)) is not None:
        print(saved.words, file=sys.stderr)  # noqa: T201
    judge_trust = _take_in(results, settings)
    if ended.state is RunState.FINISHED:
        _write_up(results, folder, judge_trust)
    if getattr(options, "junit", None) is not None:
        _write_junit(results, options)
    head = {"run_id": plan.run_id, "status": str(ended.state), "folder": str(folder.path)}
    return Outcome(head | summarise(results), _exit_code(ended, results, options))


def _write_up(results: RunResults, folder: RunFolder, judge_trust: str) -> None:
    try:
        write_parquet(results, folder)
        write_durably(folder.report, report_parts(results, "html", judge_trust))
    except DiskFullError as error:
        complain(f"{error} The run itself is whole; resume it to have this written.", EXIT_FAILED)


def _write_junit(results: RunResults, options: argparse.Namespace) -> None:
    """A JUnit file, also of a run that stopped or failed; one for each dataset where there are several."""
    from evals.reports.junit import render_junit

    file: Path = options.junit
    if results.plan.suite_id:
        file = file.with_name(f"{file.stem}.{results.plan.dataset.name}{file.suffix}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_durably(file, render_junit(results, _gate_case(options, results)))
    except (OSError, WorkbenchError) as error:
        complain(f"{file} could not be written: {error}", EXIT_FAILED)


def _gate_case(options: argparse.Namespace, results: RunResults) -> GateCase | None:
    from evals.reports.junit import GateCase

    gate: str | None = getattr(options, "gate", None)
    if gate is None:
        return None
    comparison = results.comparison()
    code = gate_exit_code(gate, comparison, _margin(options, results))
    met = {EXIT_MET: True, EXIT_NOT_MET: False}.get(code)
    words = "A run with one variant compares nothing." if comparison is None else comparison.sentence
    return GateCase(f"--gate {gate}", met, words)


def _take_in(results: RunResults, settings: Settings) -> str:
    """Have the store take the run in; returns how far its judge agrees with people, nothing where it cannot say."""
    try:
        with open_store_access(settings) as store:
            store.take_in(results.plan.run_id, results)
            return trust_of(results.plan, store)
    except WorkbenchError as error:
        complain(f"{error} The run itself is whole; the workbench takes it in when it starts next.", EXIT_FAILED)
        return ""


def _exit_code(ended: Ended, results: RunResults, options: argparse.Namespace) -> int:
    if ended.state is RunState.STOPPED:
        where = f" --out {shlex.quote(str(options.out))}" if options.out else ""
        resume = f"python -m evals resume {results.plan.run_id}{where}"
        return complain(f"{ended.reason} The journal is saved. Go on with: {resume}", EXIT_INTERRUPTED)
    if ended.state is RunState.FAILED:
        return complain(ended.reason, EXIT_FAILED)
    failed = ended.progress.failed_answers + ended.progress.unscored
    if failed and getattr(options, "fail_on_error", False):
        return complain(f"{failed} answers or judgements failed (--fail-on-error).", EXIT_FAILED)
    gate = getattr(options, "gate", None)
    return EXIT_OK if gate is None else gate_exit_code(gate, results.comparison(), _margin(options, results))


def _margin(options: argparse.Namespace, results: RunResults) -> float:
    """Points that do not matter: as said, else 0.1 of a scale from 1 to 10."""
    scale = results.plan.rubric.maximum - results.plan.rubric.minimum
    margin: float | None = options.margin
    return scale / 90 if margin is None else margin


def __require_models_or_fail(folder: RunFolder, settings: Settings) -> None:
    try:
        require_models(folder.plan(), settings)
    except WorkbenchError as error:
        folder.write_status(
            RunState.FAILED if misses_any(folder.journal, folder.plan()) else RunState.FINISHED, str(error)
        )
        raise


def require_models(plan: RunPlan, settings: Settings) -> None:
    """Raises where a model of a plan cannot be asked: MissingKeyError, ModelNotFoundError."""
    catalogue = _catalogue(plan, settings)
    for model in plan.model_names:
        catalogue.require(model)


def _catalogue(plan: RunPlan, settings: Settings) -> Catalogue:
    """The models as they were set up when the run was planned."""
    catalogue = build_catalogue(settings)
    catalogue.configure(plan.models)
    return catalogue


async def _work(folder: RunFolder, settings: Settings, listen: EventListener, failed_again: bool) -> Ended:
    catalogue, providers = _catalogue(folder.plan(), settings), build_providers(settings)
    ledger = CellLedger(CallJournal(folder.path))
    replies = KeptReplies(settings.home / "replies.sqlite")
    gateway = Gateway(equip(settings, catalogue, providers, ledger), replies)
    runner = Runner(folder, gateway, ledger, listen, failed_again)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, runner.stop, "Stopped.")
    async with loaded(providers, [catalogue.info(model) for model in folder.plan().model_names]):
        try:
            return await runner.run()
        finally:
            ledger.close()
            replies.close()
