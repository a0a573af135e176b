"""Which answers of a run become tasks of a labelling queue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coaching_core.errors import InvalidInputError
from evals.dataset import GoldenItem, in_order_of_drawing
from evals.labelling.importing import Answered
from evals.labelling.models import LabelTask, QueueKind
from evals.results.run_results import Answer, RunResults


def drawn_tasks(results: RunResults, kind: QueueKind, items: int, seed: int) -> tuple[LabelTask, ...]:
    """Items drawn by lot, balanced over phases; a task for each answer, or for the first two variants' answers.

    Args:
        items: How many items; all where there are fewer.
    """
    answered: dict[tuple[str, int], list[Answer]] = {}
    for answer in results.answers:
        if answer.text is not None:
            answered.setdefault((answer.cell.item, answer.cell.repeat), []).append(answer)
    known = {item.id: item for item in results.plan.dataset.items}
    order = [variant.id for variant in results.plan.variants]
    usable = [item for item in known.values() if len(answered.get((item.id, 0), ())) >= _needed(kind)]
    drawn = in_order_of_drawing(usable, seed)[:items]
    tasks: list[LabelTask] = []
    for item_id in drawn:
        answers = sorted(answered[item_id, 0], key=lambda answer: order.index(answer.cell.variant))
        groups = [tuple(answers[:2])] if kind is QueueKind.PAIRWISE else [(answer,) for answer in answers]
        for group in groups:
            tasks.append(_task(f"t{len(tasks) + 1}", known[item_id], group))
    return tuple(tasks)


def labelled_tasks(results: RunResults, wanted: Iterable[Answered]) -> dict[Answered, LabelTask]:
    """A task for each answer, or two answers, of the run that labels are of.

    Raises:
        InvalidInputError: The run has no such answer.
    """
    items = {item.id: item for item in results.plan.dataset.items}
    answers = {(a.cell.item, a.cell.variant): a for a in results.answers if a.cell.repeat == 0 and a.text is not None}
    tasks: dict[Answered, LabelTask] = {}
    for item_id, variants in wanted:
        group = [answers[item_id, variant] for variant in variants if (item_id, variant) in answers]
        if len(group) < len(variants):
            raise InvalidInputError(f"Item “{item_id}” is labelled, but this run has no answer to it.", field="file")
        tasks[item_id, variants] = _task(f"t{len(tasks) + 1}", items[item_id], group)
    return tasks


def _task(task_id: str, item: GoldenItem, group: Sequence[Answer]) -> LabelTask:
    return LabelTask(
        id=task_id,
        item=item,
        repeat=0,
        variants=tuple(answer.cell.variant for answer in group),
        answers=tuple(answer.text or "" for answer in group),
        turns=tuple(answer.turns for answer in group) if any(answer.turns for answer in group) else (),
    )


def _needed(kind: QueueKind) -> int:
    return 2 if kind is QueueKind.PAIRWISE else 1
