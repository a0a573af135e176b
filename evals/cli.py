"""``python -m evals``: runs at the shell. JSON on stdout, progress on stderr.

Exit codes: 0 done, 1 failed, 2 wrong use, 100 a gate not met, 101 inconclusive, 130 interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shlex
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from coaching_core.clock import utc_now
from coaching_core.errors import ConflictError, InvalidInputError, MissingKeyError, NotFoundError, WorkbenchError
from coaching_core.llm.assembly import build_catalogue, build_providers
from coaching_core.llm.gateway import Gateway
from coaching_core.settings import Settings
from evals.cell_accounting import CellRecorder
from evals.configuration import load_settings
from evals.gate import GATES, gate_exit_code
from evals.ingest import comparison_figures, plain, summarise
from evals.plan import PlanContext, PlanRequest, RunPlan, build_plan, read_plan
from evals.progress_line import ProgressLine
from evals.reports import FORMATS, render_report
from evals.results import RunResults, compare_runs, load_results, write_parquet
from evals.run_folder import RunFolder, RunState, write_durably
from evals.runner import Runner
from evals.store_access import open_store_access

EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; returns its exit code."""
    options = _parser().parse_args(arguments)
    try:
        command: Callable[[argparse.Namespace, Settings], int] = options.command
        code = command(options, load_settings())
        sys.stdout.flush()
        return code
    except (InvalidInputError, NotFoundError, ConflictError, MissingKeyError) as error:
        return _complain(str(error), EXIT_USAGE)
    except WorkbenchError as error:
        return _complain(str(error), EXIT_FAILED)
    except KeyboardInterrupt:
        return _complain("Interrupted.", EXIT_INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except OSError as error:
        return _complain(str(error), EXIT_FAILED)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description="Score prompts on golden datasets.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="plan a run and carry it out")
    _add_run_options(run)
    run.set_defaults(command=_run)
    resume = commands.add_parser("resume", help="do what is missing of a run")
    resume.add_argument("run_id", metavar="RUN_ID")
    _add_output(resume)
    resume.set_defaults(command=_resume)
    for name, function, text in (
        ("list", _list, "all runs, newest first"),
        ("show", _show, "figures of one run"),
        ("compare", _compare, "candidate against baseline, within a run or between two"),
        ("report", _report, "one run as HTML, CSV or JSON"),
    ):
        command = commands.add_parser(name, help=text)
        command.set_defaults(command=function)
        _add_out(command)
        if name != "list":
            command.add_argument("run_id", metavar="RUN_ID")
        if name == "compare":
            command.add_argument("other", metavar="RUN_ID", nargs="?", help="compare with this run instead")
        if name == "report":
            command.add_argument("--format", choices=FORMATS, default="html")
    return parser


def _add_run_options(run: argparse.ArgumentParser) -> None:
    run.add_argument("--plan", type=Path, help="a plan as JSON, instead of the options that name things")
    run.add_argument("--dataset", help="name of a golden dataset, or path of a .jsonl file")
    run.add_argument("--topic", help="topic whose prompts are tried")
    run.add_argument(
        "--prompt",
        action="append",
        help="published, draft, latest, v12 or file:PATH; repeat it; the first is the baseline",
    )
    run.add_argument("--model", action="append", help="provider/model; repeat it to try several")
    run.add_argument("--judge", help="provider/model that scores")
    run.add_argument("--rubric", default="coaching_quality")
    run.add_argument("--all-topics", action="store_true", help="take the items of every topic")
    run.add_argument("--split", help="take only items of this split")
    run.add_argument("--limit", type=int, help="most items, balanced over phases")
    run.add_argument("--repeats", type=int, default=1, help="answers per item and variant")
    run.add_argument("--concurrency", type=int, default=8, help="calls at the same time")
    run.add_argument("--seed", type=int, default=0)
    run.add_argument("--money-cap", help="most USD this run may spend")
    run.add_argument("--gate", choices=GATES, help="exit 100 when not met, 101 when inconclusive")
    run.add_argument("--margin", type=float, default=0.1, help="points that do not matter (for --gate not-worse)")
    _add_output(run)


def _add_output(command: argparse.ArgumentParser) -> None:
    _add_out(command)
    command.add_argument("--json", action="store_true", help="progress on stderr as JSON lines, too")


def _add_out(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", type=Path, help="folder of runs (default: RUNS_DIR)")


def _run(options: argparse.Namespace, settings: Settings) -> int:
    request = _requested(options)
    if isinstance(request, RunPlan):
        plan = request
        beside = options.plan.resolve().parent
        folder = RunFolder(beside if beside.name == plan.run_id else _out(options, settings) / plan.run_id)
    else:
        with open_store_access(settings) as store:
            context = PlanContext(
                resolve=store.resolve,
                catalogue=build_catalogue(settings),
                datasets_dir=settings.datasets_dir,
                author=settings.author,
                tenant_id=settings.tenant_id,
                money_cap=settings.run_money_cap,
            )
            plan = build_plan(request, context, utc_now())
        folder = RunFolder(_out(options, settings) / plan.run_id)
    if not folder.path.exists():
        folder.create(plan)
    return _carry_out(folder, settings, options)


def _requested(options: argparse.Namespace) -> RunPlan | PlanRequest:
    if options.plan is not None:
        try:
            document = json.loads(options.plan.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise InvalidInputError(f"{options.plan} cannot be read as JSON: {error}.") from error
        return read_plan(document)
    missing = [f"--{name}" for name in ("dataset", "topic", "prompt", "model", "judge") if not getattr(options, name)]
    if missing:
        raise InvalidInputError(f"Missing: {', '.join(missing)}. See python -m evals run --help.")
    document = {
        "dataset": options.dataset,
        "topic": options.topic,
        "prompts": options.prompt,
        "models": options.model,
        "judge": options.judge,
        "rubric": options.rubric,
        "all_topics": options.all_topics,
        "split": options.split,
        "limit": options.limit,
        "repeats": options.repeats,
        "concurrency": options.concurrency,
        "seed": options.seed,
        "money_cap": options.money_cap,
    }
    return read_plan(document)


def _resume(options: argparse.Namespace, settings: Settings) -> int:
    return _carry_out(_find(options, settings, options.run_id), settings, options)


def _carry_out(folder: RunFolder, settings: Settings, options: argparse.Namespace) -> int:
    plan = folder.plan()
    catalogue = build_catalogue(settings)
    with open_store_access(settings) as store:
        store.register(folder)
    try:
        for model in {variant.model for variant in plan.variants} | {plan.judge}:
            catalogue.require(model)
    except WorkbenchError as error:
        folder.write_status(RunState.FAILED, str(error))
        raise
    gateway = Gateway(catalogue, build_providers(settings), CellRecorder(), settings.model_timeout_seconds)
    line = ProgressLine(sys.stderr, plan, as_json=options.json)
    ended = asyncio.run(_work(Runner(folder, gateway, line.hear)))
    line.close()
    results = load_results(folder)
    if ended.state is RunState.FINISHED:
        write_parquet(results, folder)
        write_durably(folder.report, render_report(results, "html"))
    with open_store_access(settings) as store:
        store.take_in(plan.run_id)
    _print({"run_id": plan.run_id, "status": str(ended.state), "folder": str(folder.path)} | summarise(results))
    if ended.state is RunState.STOPPED:
        resume = f"python -m evals resume {plan.run_id}" + (f" --out {shlex.quote(str(options.out))}" if options.out else "")
        return _complain(f"{ended.reason} The journal is saved. Go on with: {resume}", EXIT_INTERRUPTED)
    if ended.state is RunState.FAILED:
        return _complain(ended.reason, EXIT_FAILED)
    return _verdict_code(results, options)


async def _work(runner: Runner) -> Any:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, runner.stop, "Interrupted.")
    return await runner.run()


def _verdict_code(results: RunResults, options: argparse.Namespace) -> int:
    gate = getattr(options, "gate", None)
    if gate is None:
        return EXIT_OK
    return gate_exit_code(gate, results.comparison(), options.margin)


def _list(options: argparse.Namespace, settings: Settings) -> int:
    runs = []
    for folder in _all_folders(options, settings):
        plan, status = folder.plan(), folder.status()
        runs.append(
            {
                "run_id": plan.run_id,
                "status": str(status.state),
                "created_at": plan.created_at.isoformat(),
                "dataset": plan.dataset.name,
                "items": len(plan.dataset.items),
                "variants": [variant.label for variant in plan.variants],
                "judge": plan.judge,
                "simulated": plan.simulated,
                "folder": str(folder.path),
            }
        )
    _print(runs)
    return EXIT_OK


def _show(options: argparse.Namespace, settings: Settings) -> int:
    folder = _find(options, settings, options.run_id)
    results, status = load_results(folder), folder.status()
    head = {"run_id": folder.run_id, "status": asdict(status), "folder": str(folder.path)}
    body = {
        "dataset": results.plan.dataset.name,
        "items": len(results.plan.dataset.items),
        "judge": results.plan.judge,
        "rubric": results.plan.rubric.label,
        "seed": results.plan.seed,
        "simulated": results.plan.simulated,
        "answers": len(results.answers),
    }
    _print(head | body | summarise(results))
    return EXIT_OK


def _compare(options: argparse.Namespace, settings: Settings) -> int:
    first = load_results(_find(options, settings, options.run_id))
    if options.other is None:
        comparison = first.comparison()
        if comparison is None:
            raise InvalidInputError(f"Run {options.run_id} has one variant. Name a second run to compare it with.")
        _print(plain(comparison_figures(comparison)))
        return EXIT_OK
    second = load_results(_find(options, settings, options.other))
    warnings = _differences(first.plan, second.plan)
    for warning in warnings:
        print(warning, file=sys.stderr)  # noqa: T201
    comparison = compare_runs(first, second)
    _print(plain(comparison_figures(comparison)) | {"warnings": warnings})
    return EXIT_OK


def _differences(first: RunPlan, second: RunPlan) -> list[str]:
    warnings = []
    if first.dataset.content_hash != second.dataset.content_hash:
        warnings.append("The datasets differ: only items of both runs are compared.")
    if first.rubric != second.rubric:
        warnings.append("The rubrics differ: the scores may not mean the same.")
    if first.judge != second.judge:
        warnings.append("The judges differ: the scores may not mean the same.")
    return warnings


def _report(options: argparse.Namespace, settings: Settings) -> int:
    results = load_results(_find(options, settings, options.run_id))
    sys.stdout.buffer.write(render_report(results, options.format))
    return EXIT_OK


def _find(options: argparse.Namespace, settings: Settings, run_id: str) -> RunFolder:
    direct = RunFolder(_out(options, settings) / run_id)
    if (direct.path / "plan.json").exists():
        return direct
    for folder in _all_folders(options, settings):
        if folder.run_id == run_id:
            return folder
    return RunFolder(Path(run_id) if Path(run_id, "plan.json").exists() else direct.path)


def _all_folders(options: argparse.Namespace, settings: Settings) -> list[RunFolder]:
    with open_store_access(settings) as store:
        known = store.folders()
    here = [file.parent.resolve() for file in _out(options, settings).glob("*/plan.json")]
    paths = {path for path in (*known, *here) if (path / "plan.json").exists()}
    return [RunFolder(path) for path in sorted(paths, key=lambda path: path.name, reverse=True)]


def _out(options: argparse.Namespace, settings: Settings) -> Path:
    return (options.out or settings.runs_folder).resolve()


def _print(document: Any) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))  # noqa: T201


def _complain(message: str, code: int) -> int:
    print(message, file=sys.stderr)  # noqa: T201
    return code
