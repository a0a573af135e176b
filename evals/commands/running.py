"""``run``, ``resume`` and ``score``: carry out plans, what is missing of a run, or more judges on it."""

from __future__ import annotations

import argparse
from decimal import Decimal, InvalidOperation

from coaching_core.clock import utc_now
from coaching_core.errors import ConflictError, InvalidInputError
from coaching_core.llm.assembly import build_catalogue
from coaching_core.settings import Settings
from evals.commands import Subparsers
from evals.commands.carrying_out import Outcome, carry_out, make_known, require_models
from evals.commands.folders import find_folder, output_folder
from evals.commands.output import print_json
from evals.commands.plan_context import plan_context
from evals.commands.run_options import add_outcome_options, add_progress_options, add_request_options, requested
from evals.golden.shelf import open_shelf
from evals.judge_spec import JudgeKind
from evals.plan import PlanRequest, RunPlan, new_run_id
from evals.planning import build_plan, require_role
from evals.results.reading import load_results
from evals.running.folder import AddedJudges, RunFolder
from evals.running.rejudging import added_judges, are_at_work, cap_on_top
from evals.store_access import StoreAccess, open_store_access


def add(commands: Subparsers) -> None:
    """``run``, ``resume`` and ``score``."""
    run = commands.add_parser("run", help="plan a run and carry it out")
    add_request_options(run)
    add_outcome_options(run)
    run.set_defaults(command=_run)
    resume = commands.add_parser("resume", help="do what is missing of a run")
    resume.add_argument("run_id", metavar="RUN_ID")
    resume.add_argument("--money-cap", help="USD the run may spend from here on, whatever it has spent")
    resume.add_argument("--retry-failed", action="store_true", help="ask failed answers and judgements once more")
    add_progress_options(resume)
    resume.set_defaults(command=_resume)
    score = commands.add_parser("score", help="have more judges speak of a run's answers; no variant is asked again")
    score.add_argument("run_id", metavar="RUN_ID")
    score.add_argument("--judge", default="", help="provider/model that scores")
    score.add_argument("--panel", action="append", default=[], metavar="MODEL", help="another judge of the same panel")
    score.add_argument("--method", action="append", default=[], choices=list(JudgeKind))
    score.add_argument("--rubric", default="", help="name of a rubric")
    score.add_argument("--heuristics", default="coaching", help="name of a set of measurements")
    score.add_argument("--money-cap", help="USD the run may spend on top (default: RUN_MONEY_CAP)")
    score.add_argument("--fail-on-error", action="store_true", help="exit 1 when an answer or a judgement failed")
    add_progress_options(score)
    score.set_defaults(command=_score)


def _run(options: argparse.Namespace, settings: Settings) -> int:
    requests = requested(options)
    suite = new_run_id(utc_now()) if len(requests) > 1 else ""
    with open_store_access(settings) as store:
        plans = [_planned(request, settings, suite, store) for request in requests]
        folder = _folder_for(plans[0], options, settings)
        make_known(folder, store)
    outcomes = [carry_out(folder, settings, options)]
    for plan in plans[1:]:
        outcomes.append(_carry_out_known(_folder_for(plan, options, settings), settings, options))
    print_json(outcomes[0].document if len(outcomes) == 1 else [outcome.document for outcome in outcomes])
    return _worst(outcomes)


def _carry_out_known(folder: RunFolder, settings: Settings, options: argparse.Namespace) -> Outcome:
    with open_store_access(settings) as store:
        make_known(folder, store)
    return carry_out(folder, settings, options)


def _worst(outcomes: list[Outcome]) -> int:
    """One exit code for several runs: that of the first which did not go well."""
    return next((outcome.code for outcome in outcomes if outcome.code), 0)


def _planned(request: PlanRequest | RunPlan, settings: Settings, suite: str, store: StoreAccess) -> RunPlan:
    if isinstance(request, RunPlan):
        return request
    return build_plan(request, plan_context(settings, store), utc_now(), suite)


def _folder_for(plan: RunPlan, options: argparse.Namespace, settings: Settings) -> RunFolder:
    beside = options.plan.resolve().parent if options.plan is not None else None
    here = beside is not None and beside.name == plan.run_id
    folder = RunFolder(beside if beside is not None and here else output_folder(options, settings) / plan.run_id)
    if not folder.path.exists():
        require_models(plan, settings)
        folder.create(plan)
    elif folder.frozen_plan() != plan:
        raise ConflictError(f"There is another run “{plan.run_id}” in {folder.path}. Give this plan another run_id.")
    return folder


def _resume(options: argparse.Namespace, settings: Settings) -> int:
    folder = find_folder(options, settings, options.run_id)
    if options.retry_failed and load_results(folder).decision is not None:
        raise InvalidInputError(
            f"Run {folder.run_id} stopped early, on what it knew then: its failures stay. Plan a new run.",
            field="retry_failed",
        )
    if options.money_cap is not None:
        folder.add_judges(AddedJudges(judges=(), money_cap=cap_on_top(folder, _cap(options, settings))))
    outcome = _carry_out_known(folder, settings, options)
    print_json(outcome.document)
    return outcome.code


def _score(options: argparse.Namespace, settings: Settings) -> int:
    folder = find_folder(options, settings, options.run_id)
    request = PlanRequest(
        dataset=folder.plan().dataset.name,
        prompts=("published",),
        models=("-",),
        judge=options.judge,
        panel=tuple(options.panel),
        methods=tuple(JudgeKind(method) for method in options.method),
        rubric=options.rubric,
        heuristics=options.heuristics,
    )
    cap = cap_on_top(folder, _cap(options, settings))
    added = added_judges(folder.plan(), request, open_shelf(settings), cap)
    catalogue = build_catalogue(settings)
    for model in filter(None, (judge.model for judge in added.judges)):
        require_role(catalogue, model, "judge", "judge")
        added = added.model_copy(update={"simulated": added.simulated or catalogue.info(model).simulated})
    folder.add_judges(added.model_copy(update={"judges": ()}) if are_at_work(folder, added) else added)
    outcome = _carry_out_known(folder, settings, options)
    print_json(outcome.document)
    return outcome.code


def _cap(options: argparse.Namespace, settings: Settings) -> Decimal:
    if options.money_cap is None:
        return settings.run_money_cap
    try:
        cap = Decimal(options.money_cap)
    except InvalidOperation as error:
        raise InvalidInputError("--money-cap must be an amount in USD.", field="money_cap") from error
    if not cap > 0:
        raise InvalidInputError("--money-cap must be above 0.", field="money_cap")
    return cap
