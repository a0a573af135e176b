"""Labels of people, on both databases: durable, blind, changeable, and never lost."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from coaching_core.errors import InvalidInputError, NotFoundError
from coaching_core.storage.database import Database
from evals.labelling import LabelQueue, LabelService, QueueKind, Said
from evals.labelling.tables import labels
from evals.results.run_results import RunResults
from tests.evals.report_making import CASES, make_results


@pytest.fixture
def service(database: Database) -> LabelService:
    return LabelService(database)


@pytest.fixture
def results() -> RunResults:
    return make_results(CASES["two variants"])


def scores(queue: LabelQueue, value: float | None = 7.0) -> Said:
    return Said(scores={criterion.id: value for criterion in queue.rubric.criteria})


def test_a_queue_holds_all_it_needs_and_comes_back_whole(service: LabelService, results: RunResults) -> None:
    made = service.make_queue(results, "Blind look", QueueKind.SCORE, 3, "ada", seed=4)
    assert service.queue(made.id) == made
    assert {len(task.variants) for task in made.tasks} == {1}
    texts = {(a.cell.item, a.cell.variant): a.text for a in results.answers}
    assert all(texts[task.item.id, task.variants[0]] == task.answers[0] for task in made.tasks)
    with pytest.raises(NotFoundError):
        service.queue("nowhere")


def test_pairs_show_both_answers_of_an_item(service: LabelService, results: RunResults) -> None:
    made = service.make_queue(results, "Pairs", QueueKind.PAIRWISE, 100, "ada")
    assert {task.variants for task in made.tasks} == {tuple(variant.id for variant in results.plan.variants)}
    sides = [task.shown_first("bo", made.seed) for task in made.tasks]
    assert sides == [task.shown_first("bo", made.seed) for task in made.tasks]


def test_each_labeller_has_an_order_of_their_own_and_goes_on_where_they_left(
    service: LabelService, results: RunResults
) -> None:
    queue = service.make_queue(results, "Queue", QueueKind.SCORE, 100, "ada")
    order = [task.id for task in queue.order_for("bo")]
    assert sorted(order) == sorted(task.id for task in queue.tasks)
    seen = []
    while (task := service.next_task(queue, "bo")) is not None:
        seen.append(task.id)
        service.say(queue, task.id, "bo", scores(queue))
    assert seen == order
    (progress,) = service.queues(results.plan.run_id)
    assert progress.done == {"bo": len(order)}
    assert service.next_task(queue, "cy") is not None


def test_a_later_label_counts_and_the_earlier_stays_in_the_history(
    service: LabelService, results: RunResults, database: Database
) -> None:
    queue = service.make_queue(results, "Queue", QueueKind.SCORE, 1, "ada")
    first = queue.tasks[0].id
    service.say(queue, first, "bo", scores(queue, 3.0))
    service.say(queue, first, "bo", scores(queue, 8.0))
    assert service.said(queue.id)["bo", first].scores == scores(queue, 8.0).scores
    last = service.last_done(queue, "bo")
    assert last is not None
    assert last.id == first
    service.take_back(queue, first, "bo")
    assert service.said(queue.id) == {}
    assert service.last_done(queue, "bo") is None
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(labels)) == 3


@pytest.mark.parametrize(
    ("kind", "said", "words"),
    [
        (QueueKind.SCORE, {"scores": {}}, "every criterion"),
        (QueueKind.SCORE, {"choice": "one", "shown_first": 0}, "every criterion"),
        (QueueKind.SCORE, {"skipped": True, "scores": {"listening": 3}}, "skipped"),
        (QueueKind.PAIRWISE, {"choice": "one"}, "which answer"),
        (QueueKind.PAIRWISE, {"scores": {"listening": 3}}, "which answer"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    kind: QueueKind, said: dict[str, Any], words: str, service: LabelService, results: RunResults
) -> None:
    queue = service.make_queue(results, "Queue", kind, 1, "ada")
    with pytest.raises(InvalidInputError, match=words):
        service.say(queue, queue.tasks[0].id, "bo", Said.model_validate(said))
    assert service.said(queue.id) == {}


def test_a_score_outside_the_scale_an_unknown_task_and_nobody(service: LabelService, results: RunResults) -> None:
    queue = service.make_queue(results, "Queue", QueueKind.SCORE, 1, "ada")
    with pytest.raises(InvalidInputError, match="outside the scale"):
        service.say(queue, queue.tasks[0].id, "bo", scores(queue, 11.0))
    with pytest.raises(InvalidInputError, match="no task"):
        service.say(queue, "t99", "bo", scores(queue))
    with pytest.raises(InvalidInputError, match="who labels"):
        service.say(queue, queue.tasks[0].id, "  ", scores(queue))
    assert service.said(queue.id) == {}


def test_labels_come_out_in_the_form_agreement_is_computed_from(service: LabelService, results: RunResults) -> None:
    queue = service.make_queue(results, "Scores", QueueKind.SCORE, 1, "ada")
    pairs = service.make_queue(results, "Pairs", QueueKind.PAIRWISE, 2, "ada")
    service.say(queue, queue.tasks[0].id, "bo", scores(queue, 6.0))
    service.say(queue, queue.tasks[0].id, "cy", scores(queue, None))
    service.say(pairs, pairs.tasks[0].id, "bo", Said(choice="other", shown_first=1))
    service.say(pairs, pairs.tasks[1].id, "bo", Said(skipped=True))
    found = service.scores_of(results.plan.run_id)
    assert {(one.labeller, one.score, one.candidate) for one in found} == {
        ("bo", 6.0, queue.tasks[0].variants[0]),
        ("cy", None, queue.tasks[0].variants[0]),
    }
    (pair,) = service.pairs_of(results.plan.run_id)
    assert (pair.winner, pair.order, pair.judge) == ("second", "swapped", "bo")
    assert (pair.first, pair.second) == pairs.tasks[0].variants


def test_a_run_without_answers_makes_no_queue(service: LabelService) -> None:
    empty = make_results(CASES["all failed"])
    for kind in QueueKind:
        with pytest.raises(InvalidInputError, match="has no"):
            service.make_queue(empty, "Queue", kind, 5, "ada")
    assert service.queues() == ()
