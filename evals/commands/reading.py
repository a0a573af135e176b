"""Commands of the shell that read runs."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict

from coaching_core.errors import InvalidInputError, StoreError
from coaching_core.settings import Settings
from evals.commands import Subparsers
from evals.commands.folders import add_out, all_folders, find_folder, readable
from evals.commands.output import EXIT_OK, print_json
from evals.ingest import comparison_figures, plain, summarise
from evals.reports import FORMATS, report_parts
from evals.results.notes import differences
from evals.results.reading import load_results
from evals.results.run_results import RunResults, compare_runs
from evals.results.summary import further_figures
from evals.store_access import open_store_access, trust_of


def add(commands: Subparsers) -> None:
    """``list``, ``show``, ``compare`` and ``report``."""
    for name, function, text in (
        ("list", list_runs, "all runs, newest first"),
        ("show", show_run, "figures of one run"),
        ("compare", compare_variants, "candidate against baseline, within a run or between two"),
        ("report", report_run, "one run as HTML, CSV, JSON, JUnit or Parquet"),
    ):
        command = commands.add_parser(name, help=text)
        command.set_defaults(command=function)
        add_out(command)
        if name != "list":
            command.add_argument("run_id", metavar="RUN_ID")
        if name == "compare":
            command.add_argument("--candidate", help="id of a variant (default: the second)")
            command.add_argument("--baseline", help="id of a variant (default: the first)")
            command.add_argument("--judge", help="id of a judge or panel (default: the headline's)")
            command.add_argument("other", metavar="RUN_ID", nargs="?", help="compare with this run instead")
        if name == "report":
            command.add_argument("--format", choices=FORMATS, default="html")


def list_runs(options: argparse.Namespace, settings: Settings) -> int:
    """``list``: all runs, newest first."""
    runs = []
    for folder, plan, status in readable(all_folders(options, settings)):
        runs.append(
            {
                "run_id": plan.run_id,
                "status": str(status.state),
                "created_at": plan.created_at.isoformat(),
                "dataset": plan.dataset.name,
                "items": len(plan.dataset.items),
                "replay": plan.dataset.replay,
                "variants": [variant.label for variant in plan.variants],
                "judge": plan.judge,
                "simulated": plan.simulated,
                "folder": str(folder.path),
            }
        )
    print_json(runs)
    return EXIT_OK


def show_run(options: argparse.Namespace, settings: Settings) -> int:
    """``show``: the figures of one run."""
    folder = find_folder(options, settings, options.run_id)
    results, status = load_results(folder), folder.status()
    head = {"run_id": folder.run_id, "status": asdict(status), "folder": str(folder.path)}
    body = {
        "dataset": results.plan.dataset.name,
        "items": len(results.plan.dataset.items),
        "replay": results.plan.dataset.replay,
        "judge": results.plan.judge,
        "rubric": results.plan.rubric.label,
        "seed": results.plan.seed,
        "simulated": results.plan.simulated,
        "answers": len(results.answers),
    }
    print_json(head | body | summarise(results))
    return EXIT_OK


def compare_variants(options: argparse.Namespace, settings: Settings) -> int:
    """``compare``: candidate against baseline, within a run or between two."""
    first = load_results(find_folder(options, settings, options.run_id))
    if options.judge is not None:
        first = first.read_by(options.judge)
    if options.other is None:
        comparison = first.comparison(options.candidate, options.baseline)
        if comparison is None:
            raise InvalidInputError(f"Run {options.run_id} has one variant. Name a second run to compare it with.")
        print_json(plain(comparison_figures(comparison) | further_figures(first, options.candidate, options.baseline)))
        return EXIT_OK
    second = load_results(find_folder(options, settings, options.other))
    if options.judge is not None:
        second = second.read_by(options.judge)
    warnings = [note.text for note in differences(first.plan, second.plan)]
    for warning in warnings:
        print(warning, file=sys.stderr)  # noqa: T201
    comparison = compare_runs(first, second)
    print_json(plain(comparison_figures(comparison)) | {"warnings": warnings})
    return EXIT_OK


def report_run(options: argparse.Namespace, settings: Settings) -> int:
    """``report``: one run as HTML, CSV, JSON, JUnit or Parquet on stdout."""
    results = load_results(find_folder(options, settings, options.run_id))
    for part in report_parts(results, options.format, _trust(results, settings)):
        sys.stdout.buffer.write(part)
    return EXIT_OK


def _trust(results: RunResults, settings: Settings) -> str:
    try:
        with open_store_access(settings) as store:
            return trust_of(results.plan, store)
    except StoreError:
        return ""
