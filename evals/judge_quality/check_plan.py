"""Makes a check of a judge a run like any other: its answers are there from the start, only the judge is asked.

So it is paced, capped, resumed and accounted for as runs are; nothing it paid for is lost.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import coaching_core
from coaching_core.errors import InvalidPlanError
from coaching_core.llm.catalogue import Catalogue
from coaching_core.prompts.models import ModelSettings
from evals.dataset import GoldenDataset, GoldenItem, in_order_of_drawing
from evals.judge_quality.probes import ATTACKED, GOOD, PLAIN, ProbeSet
from evals.judge_spec import JudgeKind, JudgeSpec
from evals.plan import Cell, PlannedDataset, RunPlan, Variant, new_run_id
from evals.results.run_results import Answer, RunResults
from evals.rubric import Rubric
from evals.running.answering import Answered
from evals.running.folder import RunFolder, write_durably
from evals.running.journal import ANSWER, JournalLine

CHECK_NAME = "judge check"
"""What the datasets of checks are called begins with this, so that lists of runs can tell them."""

REFERENCE = "reference"
"""Name of the variant that a dataset's reference answers make."""

_NOTHING_SAID = "The run has no answer here."


@dataclass(frozen=True, slots=True)
class CheckMaterial:
    """Answers to judge.

    Attributes:
        name: Of the dataset they make, for lists of runs.
        variants: Variant id to its label.
        answers: (item, variant) to the answer; what is missing is not judged.
        kind: How the judge is asked: about an answer, beside a reference, or about a conversation.
    """

    name: str
    items: tuple[GoldenItem, ...]
    variants: Mapping[str, str]
    answers: Mapping[tuple[str, str], Answered]
    kind: JudgeKind = JudgeKind.RUBRIC


@dataclass(frozen=True, slots=True)
class CheckTerms:
    """Who is checked, by what, and what it may cost.

    Attributes:
        judge: ``provider/model``.
        repeats: How often the same question is asked.
        money_cap: USD for each of the check's runs.
    """

    judge: str
    rubric: Rubric
    catalogue: Catalogue
    author: str
    tenant_id: str
    money_cap: Decimal
    repeats: int = 3
    concurrency: int = 8
    seed: int = 0
    suite_id: str = field(default="")


def material_of_run(results: RunResults, wanted: Collection[str], items: int, seed: int) -> CheckMaterial:
    """Answers of a run: first of the items that people labelled, then of others by lot.

    Args:
        wanted: Ids of the items that people labelled.
        items: How many at most.

    Raises:
        InvalidPlanError: The run has no answer yet.
    """
    answers = {(a.cell.item, a.cell.variant): _answered(a) for a in results.answers if a.cell.repeat == 0}
    said = {item for (item, _), answer in answers.items() if answer.text is not None}
    known = {item.id: item for item in results.plan.dataset.items if item.id in said}
    if not known:
        raise InvalidPlanError(f"Run {results.plan.run_id} has no answer to judge yet.", field="run")
    drawn = sorted(in_order_of_drawing(list(known.values()), seed), key=lambda name: name not in wanted)[:items]
    kind = results.plan.panels[0].kind
    return CheckMaterial(
        name=f"{CHECK_NAME} on {results.plan.dataset.name}",
        items=tuple(known[name] for name in drawn),
        variants={variant.id: variant.label for variant in results.plan.variants},
        answers={key: answer for key, answer in answers.items() if key[0] in set(drawn)},
        kind=kind if kind in (JudgeKind.CONVERSATION, JudgeKind.REFERENCE) else JudgeKind.RUBRIC,
    )


def material_of_references(dataset: GoldenDataset, items: int, seed: int) -> CheckMaterial:
    """The reference answers of a dataset.

    Raises:
        InvalidPlanError: It has none.
    """
    known = {item.id: item for item in dataset.items if item.reference}
    if not known:
        raise InvalidPlanError(
            f"{dataset.name} has no reference answers to judge. Run it first, then check with --run RUN_ID.", "dataset"
        )
    drawn = in_order_of_drawing(list(known.values()), seed)[:items]
    return CheckMaterial(
        name=f"{CHECK_NAME} on {dataset.name}",
        items=tuple(known[name] for name in drawn),
        variants={REFERENCE: "reference answers"},
        answers={(name, REFERENCE): Answered(known[name].reference) for name in drawn},
    )


def material_of_probes(probes: ProbeSet) -> CheckMaterial:
    """The product's own good and weak answers."""
    answers = {(probe.id, GOOD): Answered(probe.good) for probe in probes.probes}
    answers |= {(probe.id, PLAIN): Answered(probe.weak) for probe in probes.probes}
    items = tuple(probe.item for probe in probes.probes)
    return CheckMaterial(f"{CHECK_NAME} on own probes", items, {GOOD: "good", PLAIN: "weak"}, answers)


def material_of_attacks(probes: ProbeSet) -> CheckMaterial:
    """The same, and the weak answers with each attack in them."""
    plain = material_of_probes(probes)
    variants = dict(plain.variants) | {f"{ATTACKED}{one.name}": f"weak, {one.name}" for one in probes.attacks}
    answers = dict(plain.answers)
    for probe in probes.probes:
        for attack in probes.attacks:
            answers[probe.id, f"{ATTACKED}{attack.name}"] = Answered(attack.put_into(probe.weak))
    return CheckMaterial(f"{CHECK_NAME}, attacks", plain.items, variants, answers)


def check_plan(material: CheckMaterial, terms: CheckTerms, now: datetime) -> RunPlan:
    """The plan of a check: a judge of single answers and, where there are two variants or more, one of pairs.

    Raises:
        InvalidPlanError: The model cannot judge.
        NotFoundError, MissingKeyError: There is no such model, or no key for it.
    """
    info = terms.catalogue.require(terms.judge)
    if "judge" not in info.roles:
        raise InvalidPlanError(f"{terms.judge} cannot judge. Use simulated/judge or a real model.", field="judge")
    judges = [JudgeSpec(id=terms.judge, kind=material.kind, model=terms.judge, rubric=terms.rubric)]
    if len(material.variants) > 1:
        name = f"{JudgeKind.PAIRWISE} {terms.judge}"
        judges.append(JudgeSpec(id=name, kind=JudgeKind.PAIRWISE, model=terms.judge, rubric=terms.rubric))
    return RunPlan(
        run_id=new_run_id(now),
        created_at=now,
        author=terms.author,
        tenant_id=terms.tenant_id,
        code_version=coaching_core.__version__,
        topic_id="",
        dataset=PlannedDataset(name=material.name, version="1", content_hash="", items=material.items),
        variants=tuple(_variant(id_, label, terms.judge) for id_, label in material.variants.items()),
        judges=tuple(judges),
        seed=terms.seed,
        repeats=terms.repeats,
        concurrency=terms.concurrency,
        money_cap=terms.money_cap,
        simulated=info.simulated,
        models=terms.catalogue.configuration_of([terms.judge]),
        suite_id=terms.suite_id,
    )


def lay_out(plan: RunPlan, material: CheckMaterial, runs_folder: Path) -> RunFolder:
    """Make the run's folder with all answers in its journal; it appears as a whole or not at all.

    Raises:
        ConflictError: There is such a run already.
        DiskFullError: No room; nothing is left behind.
    """
    draft = RunFolder(runs_folder / f".{plan.run_id}.new")
    draft.create(plan)
    try:
        write_durably(draft.journal, _lines(plan, material))
        draft.path.rename(runs_folder / plan.run_id)
    except BaseException:
        shutil.rmtree(draft.path, ignore_errors=True)
        raise
    return RunFolder(runs_folder / plan.run_id)


def _lines(plan: RunPlan, material: CheckMaterial) -> Sequence[bytes]:
    return [JournalLine(ANSWER, cell, _body(material, cell)).encode() for cell in plan.cells()]


def _body(material: CheckMaterial, cell: Cell) -> dict[str, object]:
    answer = material.answers.get((cell.item, cell.variant), Answered(None, _NOTHING_SAID))
    return answer.as_body() | {"prompt_runs": []}


def _answered(answer: Answer) -> Answered:
    return Answered(answer.text, answer.reason, "stop", answer.turns)


def _variant(id_: str, label: str, judge: str) -> Variant:
    """No prompts: the answers are there, and a check is no evidence on the prompts they came from."""
    return Variant(
        id=id_, label=label, model=judge, topic_version=None, prompts={}, parameters=(), settings=ModelSettings()
    )
