"""Labels as files: what goes out is read by the figures command, comes back the same, and never halfway."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coaching_core.errors import InvalidInputError
from coaching_core.storage.database import Database
from evals.agreement import read_labels
from evals.labelling import LabelQueue, LabelService, QueueKind, Said, export_labels, fit_labels, read_label_file
from evals.results.run_results import RunResults
from tests.evals.report_making import CASES, make_results


@pytest.fixture
def service(database: Database) -> LabelService:
    return LabelService(database)


@pytest.fixture
def results() -> RunResults:
    return make_results(CASES["two variants"])


def labelled(service: LabelService, results: RunResults, kind: QueueKind) -> LabelQueue:
    """A queue of which all but the last task are done, the first with a note, the second skipped."""
    queue = service.make_queue(results, "Queue", kind, 100, "ada")
    for place, task in enumerate(queue.tasks[:-1]):
        if place == 1:
            said = Said(skipped=True)
        elif kind is QueueKind.PAIRWISE:
            said = Said(choice="other", shown_first=1, note="=1+1")
        else:
            first, *others = queue.rubric.criteria
            said = Said(scores={first.id: None} | {each.id: 4.0 + place for each in others}, note="=1+1")
        service.say(queue, task.id, "Bo", said)
    return queue


@pytest.mark.parametrize("kind", list(QueueKind))
@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_the_figures_command_reads_what_goes_out(
    kind: QueueKind, format: str, service: LabelService, results: RunResults, tmp_path: Path
) -> None:
    queue = labelled(service, results, kind)
    file = tmp_path / "labels"
    file.write_bytes(export_labels(queue, service.said(queue.id), format))
    found = read_labels(file)
    given = service.pairs_of(queue.run_id) if kind is QueueKind.PAIRWISE else service.scores_of(queue.run_id)
    assert len(found.pairs) + len(found.scores) == len(given) > 0
    if kind is QueueKind.SCORE:
        assert {(s.item_id, s.candidate, s.criterion, s.score) for s in found.scores} == {
            (s.item_id, s.candidate, s.criterion, s.score) for s in service.scores_of(queue.run_id)
        }
    else:
        assert [(p.winner, p.order, p.judge) for p in found.pairs][:1] == [("second", "swapped", "Bo")]


def test_a_note_that_a_spreadsheet_would_calculate_goes_out_as_text(service: LabelService, results: RunResults) -> None:
    queue = labelled(service, results, QueueKind.SCORE)
    assert b"'=1+1" in export_labels(queue, service.said(queue.id), "csv")
    first = json.loads(export_labels(queue, service.said(queue.id), "jsonl").splitlines()[0])
    assert first["note"] == "=1+1"
    with pytest.raises(InvalidInputError, match="Nothing is labelled"):
        export_labels(queue, {}, "csv")


@pytest.mark.parametrize("kind", list(QueueKind))
def test_a_file_comes_back_as_labels_of_the_run_and_only_once(
    kind: QueueKind, service: LabelService, results: RunResults
) -> None:
    queue = labelled(service, results, kind)
    content = export_labels(queue, service.said(queue.id), "csv").replace(b",Bo,", b",Cy,")
    fitting = fit_labels(read_label_file(content, "labels.csv"), results, "labels.csv")
    taken = service.take_in(results, fitting, "From elsewhere", "ada")
    done = len(queue.tasks) - 2
    assert (taken.taken, taken.known, set(service.said(taken.queue.id))) == (
        done,
        0,
        {("Cy", task.id) for task in taken.queue.tasks},
    )
    of_run = service.pairs_of if kind is QueueKind.PAIRWISE else service.scores_of
    named = [str(label).replace("'Cy'", "'Bo'") for label in of_run(queue.run_id)]
    assert sorted(named) == sorted(2 * [name for name in set(named)])
    with pytest.raises(InvalidInputError, match="here already"):
        service.take_in(results, fitting, "Again", "ada")
    assert len(service.queues(queue.run_id)) == 2


def test_a_turned_pair_keeps_who_won_and_who_stood_left(service: LabelService, results: RunResults) -> None:
    one, other = (variant.id for variant in results.plan.variants)
    item = results.plan.dataset.items[0].id
    line = {"item": item, "labeller": "Cy", "first": other, "second": one, "winner": "first", "order": "given"}
    fitting = fit_labels(read_label_file(json.dumps(line).encode(), "l.jsonl"), results, "l.jsonl")
    service.take_in(results, fitting, "Pairs", "ada")
    (pair,) = service.pairs_of(results.plan.run_id)
    assert (pair.first, pair.second, pair.winner, pair.order) == (one, other, "second", "swapped")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"item": "zz-9"}, "no item “zz-9”"),
        ({"candidate": "nobody"}, "no candidate “nobody”"),
        ({"candidate": ""}, "names no candidate"),
        ({"criterion": "charm"}, "no criterion “charm”"),
        ({"score": 11}, "outside the scale"),
    ],
)
def test_a_label_of_something_else_keeps_all_out_and_names_the_line(
    change: dict[str, object], words: str, results: RunResults
) -> None:
    plan = results.plan
    good = {
        "item": plan.dataset.items[0].id,
        "labeller": "Cy",
        "criterion": plan.rubric.criteria[0].id,
        "score": 4,
        "candidate": plan.variants[0].id,
    }
    bad = good | {"criterion": plan.rubric.criteria[1].id} | change
    content = f"{json.dumps(good)}\n{json.dumps(bad)}\n".encode()
    with pytest.raises(InvalidInputError, match=words) as caught:
        fit_labels(read_label_file(content, "cy.jsonl"), results, "cy.jsonl")
    assert "cy.jsonl, line 2" in str(caught.value)


def test_what_is_no_file_of_labels_is_said_with_its_name() -> None:
    for content in (b"", b"\xff\xfe\x00nonsense", b"a,b\n1,2\n"):
        with pytest.raises(InvalidInputError, match=r"mine\.csv"):
            read_label_file(content, "mine.csv")


def test_a_queue_needs_a_name(service: LabelService, results: RunResults) -> None:
    with pytest.raises(InvalidInputError, match="Name the queue"):
        service.make_queue(results, "  ", QueueKind.SCORE, 1, "ada")
