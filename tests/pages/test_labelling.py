"""The Labelling screen: queues made, labelled blind one task at a time, taken back, taken out and taken in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from coaching_core.errors import InvalidInputError
from evals.bootstrap import Workbench, build_workbench
from evals.current import set_running
from evals.labelling import LabelQueue, QueueKind, Said, export_labels
from evals.results.reading import load_results
from pages.view_models.labelling import SheetTask, blind_task, queue_row, read_reply, scale_of, tasks_words
from tests.conftest import make_settings
from tests.evals.report_making import CASES, make_results
from tests.pages.run_making import carry_out, planned, save_worse_version

_SCORED = {"action": "say", "note": "clear"}


def _screen() -> None:
    from evals.current import running
    from pages.evaluation.labelling import render

    workbench = running()
    assert workbench is not None
    render(workbench)


class Sheet:
    """Stands for the browser's half of the sheet: keeps what it was asked, answers what a test tells it."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.reply: dict[str, Any] | None = None

    def __call__(self, *, key: str, data: dict[str, Any], on_said_change: object) -> dict[str, Any]:
        self.asked.append(data)
        reply, self.reply = self.reply, None
        return {"said": reply and {"task": data["task"]} | reply}

    @property
    def ids(self) -> list[str]:
        return [criterion["id"] for criterion in self.asked[-1]["criteria"]]

    def say(self, screen: AppTest, **reply: Any) -> AppTest:
        self.reply = reply
        return screen.run()


@pytest.fixture
def sheet(monkeypatch: pytest.MonkeyPatch) -> Sheet:
    stand_in = Sheet()
    monkeypatch.setattr("pages.components.label_sheet._sheet", stand_in)
    return stand_in


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    built = build_workbench(make_settings(tmp_path / "home"))
    set_running(built)
    yield built
    built.close()


@pytest.fixture
def run_id(workbench: Workbench) -> str:
    """A finished run of v1 and v2 on four items."""
    save_worse_version(workbench)
    return carry_out(workbench, planned(workbench, limit=4)).run_id


def opened(**query: str) -> AppTest:
    screen = AppTest.from_function(_screen, default_timeout=30)
    for name, value in query.items():
        screen.query_params[name] = value
    return screen.run()


def shown(screen: AppTest) -> str:
    return " ".join(str(element.proto.body) for element in screen.get("html"))


def made(workbench: Workbench, run_id: str, kind: QueueKind = QueueKind.SCORE) -> LabelQueue:
    results = load_results(workbench.runs.folder(run_id))
    return workbench.labels.make_queue(results, "Look <b>twice</b>", kind, 2, "Ada")


def button(screen: AppTest, label: str) -> Any:
    return next(each for each in screen.button if each.label == label)


def test_without_a_run_the_screen_says_what_would_be_here(workbench: Workbench) -> None:
    screen = opened()
    assert "No labelling queue yet" in shown(screen)
    assert "No run with answers yet" in shown(opened(new="1"))


def test_a_queue_is_made_from_a_run_and_opens(workbench: Workbench, run_id: str, sheet: Sheet) -> None:
    screen = opened(new=run_id)
    assert "4 items, 8 answers to score" in screen.caption[0].value
    screen.number_input[0].set_value(2).run()
    button(screen, "Make queue").click().run()
    (progress,) = workbench.labels.queues(run_id)
    assert len(progress.queue.tasks) == 4
    assert "0 of 4 done" in shown(screen)


def test_a_queue_without_a_name_is_refused_and_nothing_is_made(workbench: Workbench, run_id: str) -> None:
    screen = opened(new=run_id)
    screen.text_input[0].set_value("  ").run()
    button(screen, "Make queue").click().run()
    assert "Name the queue" in screen.error[0].value
    assert workbench.labels.queues() == ()


def test_a_label_is_kept_before_the_next_task_shows(workbench: Workbench, run_id: str, sheet: Sheet) -> None:
    queue = made(workbench, run_id)
    screen = opened(queue=queue.id)
    first = sheet.asked[-1]["task"]
    sheet.say(screen, **_SCORED, scores=dict.fromkeys(sheet.ids, 6), choice=None)
    assert workbench.labels.said(queue.id)["tester", first].scores == dict.fromkeys(sheet.ids, 6.0)
    assert workbench.labels.said(queue.id)["tester", first].note == "clear"
    assert sheet.asked[-1]["task"] != first
    assert "1 of 4 done" in shown(screen)
    assert sheet.asked[-1]["can_undo"]


def test_what_does_not_fit_is_said_and_the_task_stays(workbench: Workbench, run_id: str, sheet: Sheet) -> None:
    queue = made(workbench, run_id)
    screen = opened(queue=queue.id)
    first = sheet.asked[-1]["task"]
    sheet.say(screen, **_SCORED, scores={sheet.ids[0]: 6}, choice=None)
    assert "Score every criterion" in screen.error[0].value
    sheet.say(screen, action="dance")
    assert "did not arrive whole" in screen.error[0].value
    assert sheet.asked[-1]["task"] == first
    assert workbench.labels.said(queue.id) == {}


def test_a_skip_counts_and_undo_brings_the_task_back_as_it_was_labelled(
    workbench: Workbench, run_id: str, sheet: Sheet
) -> None:
    queue = made(workbench, run_id)
    screen = opened(queue=queue.id)
    first = sheet.asked[-1]["task"]
    sheet.say(screen, **_SCORED, scores=dict.fromkeys(sheet.ids, 6), choice=None)
    sheet.say(screen, action="skip")
    assert "2 of 4 done" in shown(screen)
    sheet.say(screen, action="undo")
    sheet.say(screen, action="undo")
    assert workbench.labels.said(queue.id) == {}
    assert sheet.asked[-1]["task"] == first
    assert sheet.asked[-1]["scores"] == dict.fromkeys(sheet.ids, 6.0)
    assert sheet.asked[-1]["note"] == "clear"


def test_each_labeller_goes_on_where_they_left(workbench: Workbench, run_id: str, sheet: Sheet) -> None:
    queue = made(workbench, run_id)
    for task in queue.order_for("Bo")[:3]:
        workbench.labels.say(queue, task.id, "Bo", Said(skipped=True))
    screen = opened(queue=queue.id)
    screen.text_input[0].set_value("Bo").run()
    assert "3 of 4 done" in shown(screen)
    assert sheet.asked[-1]["task"] == queue.order_for("Bo")[3].id
    sheet.say(screen, action="skip")
    assert "All labelled" in shown(screen)
    button(screen, "Undo last").click().run()
    assert "3 of 4 done" in shown(screen)


def test_a_pair_is_kept_by_what_the_answers_are_not_where_they_stood(
    workbench: Workbench, run_id: str, sheet: Sheet
) -> None:
    queue = made(workbench, run_id, QueueKind.PAIRWISE)
    opened_screen = opened(queue=queue.id)
    task = queue.task(sheet.asked[-1]["task"])
    left = next(choice for choice, label, _ in sheet.asked[-1]["choices"] if label == "Left is better")
    sheet.say(opened_screen, **_SCORED, scores={}, choice=left)
    said = workbench.labels.said(queue.id)["tester", task.id]
    assert said.shown_first == task.shown_first("tester", queue.seed)
    assert said.choice == ("one" if said.shown_first == 0 else "other")


def test_nothing_on_the_screen_tells_whose_answers_these_are(workbench: Workbench, run_id: str, sheet: Sheet) -> None:
    for kind in QueueKind:
        screen = opened(queue=made(workbench, run_id, kind).id)
        everything = " ".join(str(element) for element in (shown(screen), sheet.asked[-1], *screen.caption))
        results = load_results(workbench.runs.folder(run_id))
        for variant in results.plan.variants:
            assert variant.id not in everything.split()
            assert variant.label not in everything
            assert variant.model not in everything
        assert "<b>twice" not in shown(screen)


def test_a_queue_that_is_not_there_is_said(workbench: Workbench) -> None:
    assert "no labelling queue" in opened(queue="nowhere").error[0].value


def test_labels_given_elsewhere_are_shown_before_they_are_kept(workbench: Workbench, run_id: str) -> None:
    queue = made(workbench, run_id)
    for task in queue.tasks:
        scores = {criterion.id: 5.0 for criterion in queue.rubric.criteria}
        workbench.labels.say(queue, task.id, "Bo", Said(scores=scores))
    content = export_labels(queue, workbench.labels.said(queue.id), "csv").replace(b",Bo,", b",Cy,")
    screen = opened(**{"import": "1"})
    screen.file_uploader[0].upload("labels.csv", content, "text/csv").run()
    assert "4 answers labelled by 1 person" in screen.markdown[0].value
    assert len(workbench.labels.queues()) == 1
    button(screen, "Keep labels").click().run()
    assert {label.labeller for label in workbench.labels.scores_of(run_id)} == {"Bo", "Cy"}


def test_a_bad_file_of_labels_changes_nothing_and_says_where(workbench: Workbench, run_id: str) -> None:
    screen = opened(**{"import": "1"})
    content = b"item,labeller,criterion,score,candidate\nzz,Bo,listening,4,v1\n"
    screen.file_uploader[0].upload("labels.csv", content, "text/csv").run()
    assert "line 2" in screen.error[0].value
    assert "Nothing was kept" in screen.error[0].value
    assert workbench.labels.queues() == ()


def test_the_answer_that_stands_left_comes_first_with_its_own_talk() -> None:
    queue = _pairs()
    task = queue.tasks[0].model_copy(update={"answers": ("of one", "of other")})
    assert [text for _, text, _ in blind_task(task, 1).answers] == ["of other", "of one"]
    assert [title for title, _, _ in blind_task(task, 1).answers] == ["Left", "Right"]


def test_a_late_reply_to_another_task_is_no_reply() -> None:
    assert read_reply({"task": "t1", "action": "skip"}, "t2") is None
    assert read_reply(None, "t2") is None
    with pytest.raises(InvalidInputError):
        read_reply({"task": "t2", "action": "say", "scores": {"a": "many"}}, "t2")


def test_keys_follow_the_scale() -> None:
    rubric = make_results(CASES["two variants"]).plan.rubric
    short = rubric.model_copy(update={"minimum": 0.0, "maximum": 5.0})
    assert scale_of(short) == [0, 1, 2, 3, 4, 5]
    task = SheetTask("t1", QueueKind.SCORE, short, 0, None, False)
    assert task.as_data()["keys"].startswith("Keys 0 to 5;")
    assert SheetTask("t1", QueueKind.SCORE, rubric, 0, None, False).as_data()["keys"].startswith("Keys 1 to 9, 0 is 10")
    with pytest.raises(InvalidInputError, match="cannot be labelled by hand"):
        scale_of(rubric.model_copy(update={"maximum": 100.0}))


def test_words_of_work_and_progress(workbench: Workbench, run_id: str) -> None:
    assert tasks_words(QueueKind.PAIRWISE, 1, 2) == "1 pair to compare"
    queue = made(workbench, run_id)
    for task in queue.tasks:
        workbench.labels.say(queue, task.id, "Bo", Said(skipped=True))
    workbench.labels.say(queue, queue.tasks[0].id, "Ada", Said(skipped=True))
    (progress,) = workbench.labels.queues()
    assert queue_row(progress).progress == "Ada 1, Bo all"


def _pairs() -> LabelQueue:
    from coaching_core.clock import utc_now
    from evals.labelling.drawing import drawn_tasks

    results = make_results(CASES["two variants"])
    tasks = drawn_tasks(results, QueueKind.PAIRWISE, 5, 0)
    return LabelQueue(
        id="q",
        tenant_id="t",
        name="n",
        run_id="r",
        kind=QueueKind.PAIRWISE,
        rubric=results.plan.rubric,
        tasks=tasks,
        seed=0,
        created_by="a",
        created_at=utc_now(),
    )
