"""What a person may say about a run at the shell, and the requests that makes."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from coaching_core.errors import InvalidInputError
from evals.commands.folders import add_out
from evals.gates.gate import GATES
from evals.judge_spec import JudgeKind
from evals.plan import PlanRequest, RunPlan, read_plan


def add_request_options(command: argparse.ArgumentParser) -> None:
    """The options that say what is tried, on what, and how it is judged."""
    add = command.add_argument
    add("--plan", type=Path, help="a plan as JSON or YAML, instead of the options that name things")
    add(
        "--dataset",
        action="append",
        help="name of a golden dataset, or path of a .jsonl file; several make several runs",
    )
    add("--topic", default="", help="topic whose prompts are tried; without it each item takes its own topic's")
    add(
        "--prompt",
        action="append",
        help="published, draft, latest, v12 or file:PATH; repeat it; the first is the baseline",
    )
    add("--model", action="append", help="provider/model; repeat it to try several")
    add("--judge", default="", help="provider/model that scores")
    add("--panel", action="append", default=[], metavar="MODEL", help="another judge; the median of all counts")
    add(
        "--method",
        action="append",
        default=[],
        choices=list(JudgeKind),
        help="how answers are judged; repeat it; the first gives the headline (default: as the dataset's card says)",
    )
    add("--rubric", default="", help="name of a rubric (default: the card's, else coaching_quality)")
    add("--heuristics", default="coaching", help="name of a set of measurements, for --method heuristics")
    add("--pairs", choices=("baseline", "all"), default="baseline", help="what --method pairwise compares")
    add("--all-topics", action="store_true", help="take the items of every topic")
    add("--split", help="take only items of this split")
    add("--limit", type=int, help="most items, balanced over phases")
    add("--repeats", type=int, default=1, help="answers per item and variant")
    add("--concurrency", type=int, default=8, help="calls at the same time")
    add("--seed", type=int, default=0)
    add("--independent-seeds", action="store_true", help="another seed for each variant, as A/A runs need")
    add("--money-cap", help="most USD this run may spend")
    add("--time-cap", type=float, metavar="MINUTES", help="stop by itself after so long")
    add("--fresh", action="store_true", help="ask again what earlier runs have asked already")
    add("--stop-when-clear", action="store_true", help="stop as soon as the difference is clear")
    add("--margin", type=float, help="points that do not matter (for --gate not-worse and --stop-when-clear)")
    add("--coachee", default="simulated/coachee", help="model that plays the person of items with a persona")
    add("--turns", type=int, default=6, help="replies of the coach in such a conversation, at most")


def add_outcome_options(command: argparse.ArgumentParser) -> None:
    """The options that say how a run ends, and what is left behind."""
    command.add_argument("--gate", choices=GATES, help="exit 100 when not met, 101 when inconclusive")
    command.add_argument("--fail-on-error", action="store_true", help="exit 1 when an answer or a judgement failed")
    command.add_argument(
        "--junit",
        type=Path,
        metavar="FILE",
        help="write a JUnit report for CI; with several datasets FILE.DATASET.xml for each",
    )
    add_progress_options(command)


def add_progress_options(command: argparse.ArgumentParser) -> None:
    """Where runs are, and how progress is told."""
    add_out(command)
    command.add_argument("--json", action="store_true", help="progress on stderr as JSON lines, too")


def requested(options: argparse.Namespace) -> list[PlanRequest | RunPlan]:
    """What the options ask for: a run for each dataset.

    Raises:
        InvalidInputError: Something is missing or wrong.
    """
    if options.margin is not None and not 0 <= options.margin < math.inf:
        raise InvalidInputError("--margin must be 0 or more.", field="margin")
    document = _document(options) if options.plan is None else _plan_file(options.plan)
    datasets = document.get("dataset") if isinstance(document, Mapping) else None
    if isinstance(document, Mapping) and isinstance(datasets, list):
        return [read_plan({**document, "dataset": dataset}) for dataset in dict.fromkeys(datasets)]
    return [read_plan(document)]


def _plan_file(file: Path) -> Any:
    try:
        text = file.read_text(encoding="utf-8")
        return yaml.load(text, Loader=_PlainLoader) if file.suffix in (".yaml", ".yml") else json.loads(text)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        kind = "YAML" if file.suffix in (".yaml", ".yml") else "JSON"
        raise InvalidInputError(f"{file} cannot be read as {kind}: {error}.") from error


class _PlainLoader(yaml.SafeLoader):
    """YAML without surprises: a version 1.10 stays text where text is wanted, dates stay text."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, expression) for tag, expression in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _document(options: argparse.Namespace) -> dict[str, Any]:
    missing = [f"--{name}" for name in ("dataset", "prompt", "model") if not getattr(options, name)]
    if missing:
        raise InvalidInputError(f"Missing: {', '.join(missing)}. See python -m evals run --help.")
    return {
        "dataset": options.dataset,
        "topic": options.topic,
        "prompts": options.prompt,
        "models": options.model,
        "judge": options.judge,
        "panel": options.panel,
        "methods": options.method,
        "rubric": options.rubric,
        "heuristics": options.heuristics,
        "pairs": options.pairs,
        "all_topics": options.all_topics,
        "split": options.split,
        "limit": options.limit,
        "repeats": options.repeats,
        "concurrency": options.concurrency,
        "seed": options.seed,
        "independent_seeds": options.independent_seeds,
        "money_cap": options.money_cap,
        "time_cap_minutes": options.time_cap,
        "reuse_replies": not options.fresh,
        "stop_when_clear": options.stop_when_clear,
        "margin": options.margin,
        "coachee": options.coachee,
        "turns": options.turns,
    }
