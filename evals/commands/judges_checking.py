"""``judges check``: asks a judge about answers that are known, and says what it is worth."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from coaching_core.clock import utc_now
from coaching_core.errors import InvalidInputError
from coaching_core.llm.assembly import build_catalogue
from coaching_core.settings import Settings
from evals.commands.carrying_out import Outcome, carry_out, make_known
from evals.commands.folders import find_folder, output_folder
from evals.commands.output import EXIT_FAILED, EXIT_OK, complain, print_json
from evals.commands.run_options import add_progress_options
from evals.golden.shelf import open_shelf
from evals.judge_quality.bars import Bars
from evals.judge_quality.check_record import CheckRecord, read_record
from evals.judge_quality.people_said import PeopleSaid, of_file
from evals.judge_quality.quality import CheckSource, JudgeQuality, as_document, quality_of, write_quality
from evals.judge_quality.starting import CheckPlace, CheckRequest, lay_out_check
from evals.labelling.importing import fit_labels, read_label_file
from evals.results.reading import load_results
from evals.results.run_results import RunResults
from evals.running.folder import AddedJudges, RunFolder, RunState
from evals.store_access import open_store_access


def add_check(kinds: Any) -> None:
    """The options of ``judges check``."""
    check = kinds.add_parser("check", help="ask a judge about known answers: agreement, flips, repeats, attacks")
    add = check.add_argument
    add("--judge", default="", help="provider/model to check")
    add("--rubric", default="", help="name of a rubric (default: the run's, the card's, else coaching_quality)")
    add("--run", metavar="RUN_ID", help="judge answers of this run; people's labels of it are joined")
    add("--labels", type=Path, metavar="FILE", help="labels of that run's answers, instead of those given here")
    add("--dataset", help="judge the reference answers of this dataset")
    add("--items", type=int, default=40, help="items to judge, labelled ones first (40)")
    add("--repeats", type=int, default=3, help="how often the same question is asked (3)")
    add("--no-attacks", action="store_true", help="leave out the attacks of the product's own probes")
    add("--concurrency", type=int, default=8, help="calls at the same time")
    add("--seed", type=int, default=0)
    add("--money-cap", help="most USD the whole check may spend, with --resume on top (default: RUN_MONEY_CAP)")
    add("--resume", metavar="RUN_ID", help="go on with a check that was stopped")
    add("--retry-failed", action="store_true", help="with --resume: ask failed judgements once more")
    add("--at-least-kappa", type=float, help="exit 1 unless κw with people is this or more")
    add("--at-least-agreement", type=float, help="exit 1 unless it chooses as people do in this share of pairs or more")
    add("--at-most-flips", type=float, help="exit 1 unless this share of choices or less turn with the order")
    add("--at-most-shift", type=float, help="exit 1 unless attacks raise scores by these points or less on average")
    add_progress_options(check)
    check.set_defaults(command=_check)


def _check(options: argparse.Namespace, settings: Settings) -> int:
    bars = Bars(options.at_least_kappa, options.at_least_agreement, options.at_most_flips, options.at_most_shift)
    bars.check()
    folders = _resumed(options, settings) if options.resume else _laid_out(options, settings)
    record = read_record(folders[0])
    with open_store_access(settings) as store:
        for folder in folders:
            make_known(folder, store)
    for folder in folders:
        with open_store_access(settings) as store:
            make_known(folder, store)  # again, since the store may have taken a finished one for done meanwhile
        outcome = carry_out(folder, settings, options)
        if outcome.code != EXIT_OK:
            return _cut_short(outcome, folders[0])
    quality = _quality(folders, record, options, settings)
    write_quality(quality, folders[0])
    missed = bars.missed(quality)
    print_json(as_document(quality) | {"missed": list(missed)})
    return EXIT_OK if not missed else complain(" ".join(missed), EXIT_FAILED)


def _cut_short(outcome: Outcome, first: RunFolder) -> int:
    print_json(outcome.document)
    return complain(
        f"The check is not whole. Go on with: python -m evals judges check --resume {first.run_id}", outcome.code
    )


def _quality(
    folders: Sequence[RunFolder], record: CheckRecord, options: argparse.Namespace, settings: Settings
) -> JudgeQuality:
    said = PeopleSaid()
    if record.source_run:
        source = load_results(find_folder(options, settings, record.source_run))
        said = _people(record, source, settings)
    results = load_results(folders[0])
    attacks = load_results(folders[1]) if len(folders) > 1 else None
    scores = said.scores if results.plan.rubric.label in said.rubrics else ()
    return quality_of(results, attacks, CheckSource(record.source, record.source_run, scores, said.pairs), utc_now())


def _people(record: CheckRecord, source: RunResults, settings: Settings) -> PeopleSaid:
    if record.labels_file:
        file = Path(record.labels_file)
        try:
            content = file.read_bytes()
        except OSError as error:
            raise InvalidInputError(f"{file} cannot be read: {error.strerror}.", field="labels") from error
        return of_file(fit_labels(read_label_file(content, file.name), source, file.name), source.plan.rubric.label)
    with open_store_access(settings) as store:
        return store.labels(record.source_run)


def _resumed(options: argparse.Namespace, settings: Settings) -> Sequence[RunFolder]:
    first = find_folder(options, settings, options.resume)
    attack_run = read_record(first).attack_run_id
    folders = [first, RunFolder(first.path.parent / attack_run)] if attack_run else [first]
    waiting = [folder for folder in folders if folder.status().state is not RunState.FINISHED]
    if options.money_cap is not None:
        for folder in waiting:
            folder.add_judges(AddedJudges(judges=(), money_cap=_cap(options, settings) / len(waiting)))
    return folders


def _laid_out(options: argparse.Namespace, settings: Settings) -> Sequence[RunFolder]:
    if options.run and options.dataset:
        raise InvalidInputError("Name a run or a dataset, not both.", field="dataset")
    if options.labels and not options.run:
        raise InvalidInputError("Labels are of a run's answers: name it with --run.", field="labels")
    request = CheckRequest(
        judge=options.judge,
        money_cap=_cap(options, settings),
        rubric=options.rubric,
        dataset=options.dataset or "",
        labels_file=str(options.labels.resolve()) if options.labels else "",
        items=options.items,
        repeats=options.repeats,
        attacks=not options.no_attacks,
        concurrency=options.concurrency,
        seed=options.seed,
    )
    request.check()
    catalogue, shelf = build_catalogue(settings), open_shelf(settings)
    place = CheckPlace(output_folder(options, settings), catalogue, shelf, settings.author, settings.tenant_id)
    if not options.run:
        return lay_out_check(request, place, utc_now())
    source = load_results(find_folder(options, settings, options.run))
    record = CheckRecord(source="", source_run=source.plan.run_id, labels_file=request.labels_file)
    return lay_out_check(request, place, utc_now(), source, _people(record, source, settings).items)


def _cap(options: argparse.Namespace, settings: Settings) -> Decimal:
    try:
        return Decimal(options.money_cap) if options.money_cap is not None else settings.run_money_cap
    except InvalidOperation as error:
        raise InvalidInputError("--money-cap must be an amount in USD.", field="money_cap") from error
