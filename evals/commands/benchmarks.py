"""``benchmarks``: models by kinds of task, and prompts over their versions, from all finished runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from pydantic_core import to_jsonable_python

from coaching_core.errors import WorkbenchError
from coaching_core.settings import Settings
from evals.benchmarks_table import BenchmarkRun, benchmarks
from evals.commands import Subparsers
from evals.commands.folders import add_out, all_folders, readable
from evals.commands.output import EXIT_OK, print_json
from evals.prompt_trend import trend
from evals.results.benchmark_facts import BenchmarkFacts, facts_of_samples
from evals.results.table import read_table
from evals.results.table_samples import samples_of_table
from evals.running.folder import RunFolder, RunState


def add(commands: Subparsers) -> None:
    """``benchmarks``."""
    command = commands.add_parser("benchmarks", help="models by kinds of task, over all finished runs")
    command.add_argument("--topic", help="the scores of this topic's prompts over their versions instead")
    command.add_argument("--task", help="only this kind of task")
    add_out(command)
    command.set_defaults(command=_benchmarks)


def _benchmarks(options: argparse.Namespace, settings: Settings) -> int:
    runs = list(_runs(options, settings))
    if options.topic is not None:
        print_json({"topic": options.topic, "trends": to_jsonable_python(trend(runs, options.topic))})
        return EXIT_OK
    wanted = [run for run in runs if options.task is None or (run.facts is not None and run.facts.task == options.task)]
    print_json(to_jsonable_python(benchmarks(wanted)))
    return EXIT_OK


def _runs(options: argparse.Namespace, settings: Settings) -> Iterator[BenchmarkRun]:
    for folder, plan, status in readable(all_folders(options, settings)):
        if status.state is not RunState.FINISHED:
            continue
        try:
            yield BenchmarkRun(plan.run_id, plan.created_at, _facts(folder))
        except WorkbenchError as error:
            print(f"{folder.path} is left out: {error}", file=sys.stderr)  # noqa: T201
            yield BenchmarkRun(plan.run_id, plan.created_at, None, str(error))


def _facts(folder: RunFolder) -> BenchmarkFacts:
    table = read_table(folder)
    early = table.decision is not None
    return facts_of_samples(table.plan, table.ruler, samples_of_table(table), table.items, early)
