"""Lays a check of a judge out as runs that only wait to be carried out, from the shell or from the app."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from coaching_core.errors import InvalidInputError
from coaching_core.llm.catalogue import Catalogue
from evals.golden.shelf import DatasetShelf
from evals.judge_choice import DEFAULT_RUBRIC
from evals.judge_quality.check_plan import (
    CheckMaterial,
    CheckTerms,
    check_plan,
    lay_out,
    material_of_attacks,
    material_of_probes,
    material_of_references,
    material_of_run,
)
from evals.judge_quality.check_record import CheckRecord, write_record
from evals.judge_quality.probes import own_probes
from evals.plan import new_run_id
from evals.results.run_results import RunResults
from evals.rubric import Rubric, load_rubric
from evals.running.folder import RunFolder

_MOST = 1_000


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What a person wants checked.

    Attributes:
        judge: ``provider/model``.
        rubric: Name; empty takes that of the run or of the dataset's card.
        dataset: Whose reference answers are judged; empty where a run's are, or the product's own probes.
        labels_file: Labels of the run's answers; empty for those given in the workbench.
        items: At most; labelled ones first.
        repeats: How often the same is asked.
        money_cap: USD for the whole check.
    """

    judge: str
    money_cap: Decimal
    rubric: str = ""
    dataset: str = ""
    labels_file: str = ""
    items: int = 40
    repeats: int = 3
    attacks: bool = True
    concurrency: int = 8
    seed: int = 0

    def check(self) -> None:
        """Refuse what cannot be carried out.

        Raises:
            InvalidInputError: Says what is missing or out of range.
        """
        if not self.judge:
            raise InvalidInputError("Name the model to check: --judge provider/model.", field="judge")
        if not (self.money_cap.is_finite() and self.money_cap > 0):
            raise InvalidInputError("The money cap must be above 0.", field="money_cap")
        for name in ("items", "repeats", "concurrency"):
            if not 1 <= getattr(self, name) <= _MOST:
                raise InvalidInputError(f"{name.capitalize()} must be 1 to {_MOST}.", field=name)


@dataclass(frozen=True, slots=True)
class CheckPlace:
    """Where a check is made.

    Attributes:
        author, tenant_id: Whom its calls are accounted to.
    """

    runs_folder: Path
    catalogue: Catalogue
    shelf: DatasetShelf
    author: str
    tenant_id: str


def lay_out_check(
    request: CheckRequest,
    place: CheckPlace,
    now: datetime,
    source: RunResults | None = None,
    labelled: Collection[str] = (),
) -> tuple[RunFolder, ...]:
    """One run over known answers and, unless they are left out, one over attacks.

    Args:
        source: The run whose answers are judged.
        labelled: Ids of its items that people labelled.

    Raises:
        InvalidInputError, InvalidPlanError: It cannot be carried out.
        NotFoundError, MissingKeyError: There is no such model, rubric or dataset, or no key for the model.
    """
    request.check()
    material, record, rubric = _material(request, place, source, labelled)
    terms = CheckTerms(
        judge=request.judge,
        rubric=load_rubric(place.shelf.bundled, request.rubric) if request.rubric else rubric,
        catalogue=place.catalogue,
        author=place.author,
        tenant_id=place.tenant_id,
        money_cap=request.money_cap / 2 if request.attacks else request.money_cap,
        repeats=request.repeats,
        concurrency=request.concurrency,
        seed=request.seed,
        suite_id=new_run_id(now),
    )
    parts = [(material, terms)]
    if request.attacks:
        parts.append((material_of_attacks(own_probes()), replace(terms, repeats=1)))
    plans = [check_plan(part, at, now) for part, at in parts]
    place.runs_folder.mkdir(parents=True, exist_ok=True)
    folders = [lay_out(plan, part, place.runs_folder) for plan, (part, _) in zip(plans, parts, strict=True)]
    attack_run = folders[1].run_id if len(folders) > 1 else ""
    write_record(record.model_copy(update={"attack_run_id": attack_run}), folders[0])
    return tuple(folders)


def _material(
    request: CheckRequest, place: CheckPlace, source: RunResults | None, labelled: Collection[str]
) -> tuple[CheckMaterial, CheckRecord, Rubric]:
    """What is judged, where it comes from, and the rubric that goes with it."""
    if source is not None:
        run_id = source.plan.run_id
        record = CheckRecord(source=f"answers of run {run_id}", source_run=run_id, labels_file=request.labels_file)
        return material_of_run(source, labelled, request.items, request.seed), record, source.plan.rubric
    if request.dataset:
        dataset = place.shelf.load(request.dataset)
        rubric = load_rubric(place.shelf.bundled, str(dataset.card.get("rubric") or DEFAULT_RUBRIC))
        words = f"reference answers of {dataset.name} {dataset.version}"
        return material_of_references(dataset, request.items, request.seed), CheckRecord(source=words), rubric
    rubric = load_rubric(place.shelf.bundled, DEFAULT_RUBRIC)
    return material_of_probes(own_probes()), CheckRecord(source="the product's own probes"), rubric
