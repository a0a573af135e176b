"""Has more judges speak of answers that are there already (``evals score``): no variant is asked again."""

from __future__ import annotations

from decimal import Decimal

from coaching_core.errors import InvalidInputError, NotFoundError
from evals.dataset import GoldenDataset
from evals.golden.shelf import DatasetShelf
from evals.judge_choice import judges_for
from evals.judge_spec import JudgeSpec
from evals.plan import PlanRequest, RunPlan
from evals.running.done import misses_any, read_done
from evals.running.events import Progress
from evals.running.folder import AddedJudges, RunFolder


def added_judges(plan: RunPlan, request: PlanRequest, shelf: DatasetShelf, cap: Decimal) -> AddedJudges:
    """The judges that a request adds to a run.

    A judge that the run has already, by name, joins under another one (``… #2``): it judges anew beside the old one.

    Args:
        shelf: Where the dataset's card and rubrics are.
        request: Its judge, panel, methods, rubric and heuristics are looked at.
        cap: USD that the run may spend on top.

    Raises:
        InvalidPlanError: A method has nothing to go by.
        NotFoundError: No such rubric or set of heuristics.
    """
    card = _card(plan, shelf)
    items = plan.dataset.items
    dataset = GoldenDataset(plan.dataset.name, plan.dataset.version, items, card, plan.dataset.content_hash)
    taken = {judge.id for judge in plan.judges} | {judge.panel for judge in plan.judges}
    found = []
    for judge in judges_for(request, dataset, items, shelf.bundled):
        changed = {"id": _free(judge.id, taken), "panel": judge.panel and _free(judge.panel, taken)}
        found.append(judge.model_copy(update=changed))
    if not found:
        raise InvalidInputError("Name a judge or a method.")
    return AddedJudges(judges=tuple(found), money_cap=cap)


def cap_on_top(folder: RunFolder, amount: Decimal) -> Decimal:
    """What to add to a run's money cap so that it may spend so many USD more than it has spent.

    A call of unknown cost counts with the most it can have cost.
    """
    plan = folder.plan()
    return read_done(folder.journal, plan, Progress(0)).spent + amount - plan.money_cap


def are_at_work(folder: RunFolder, wanted: AddedJudges) -> bool:
    """Whether these very judges joined last and have not spoken of everything: a ``score`` that was cut off."""
    plan, asked = folder.plan(), len(wanted.judges)
    joined = plan.judges[len(folder.frozen_plan().judges) :][-asked:]
    if [_unnamed(judge) for judge in joined] != [_unnamed(judge) for judge in wanted.judges]:
        return False
    return misses_any(folder.journal, plan)


def _unnamed(judge: JudgeSpec) -> JudgeSpec:
    return judge.model_copy(update={"id": "", "panel": ""})


def _card(plan: RunPlan, shelf: DatasetShelf) -> dict[str, object]:
    name = plan.dataset.name
    try:
        return shelf.load(f"{name}@{plan.dataset.version}" if shelf.is_own(name) else name).card
    except NotFoundError:
        return {}


def _free(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    return next(f"{name} #{number}" for number in range(2, 1000) if f"{name} #{number}" not in taken)
