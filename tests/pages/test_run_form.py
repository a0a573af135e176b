"""The form of a planned run: what a dataset's card brings, every method, and problems beside their fields."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from evals.bootstrap import Workbench, build_workbench
from evals.current import set_running
from evals.judge_spec import JudgeKind
from evals.plan import RunPlan
from tests.conftest import make_settings
from tests.pages.run_making import save_worse_version
from tests.pages.test_runs import RecordedProcess, carried, opened


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    built = build_workbench(make_settings(tmp_path / "home"))
    save_worse_version(built)
    set_running(built)
    yield built
    built.close()


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    RecordedProcess.started = []
    monkeypatch.setattr("evals.runs.subprocess.Popen", RecordedProcess)
    return RecordedProcess.started


def form(**query: str) -> AppTest:
    return opened(new="1", **query)


def plan_started(workbench: Workbench, screen: AppTest) -> RunPlan:
    screen.button(key="start_run").click().run()
    assert not screen.error
    return workbench.runs.folder(carried(screen, "run")).plan()


def captions(screen: AppTest) -> str:
    return " ".join(caption.value for caption in screen.caption)


def test_the_card_says_how_answers_are_judged(workbench: Workbench) -> None:
    screen = form(topic="core_values", dataset="safety")
    assert "as the card of safety says, musts and must-nots" in captions(screen)
    screen.number_input(key="plan_limit").set_value(3).run()
    assert [judge.kind for judge in plan_started(workbench, screen).judges] == [JudgeKind.CHECKS]


def test_labels_need_no_judge(workbench: Workbench) -> None:
    screen = form(topic="focus_assessment")
    assert screen.selectbox(key="plan_dataset").value == "focus_assessment"
    assert "plan_judge" not in [box.key for box in screen.selectbox]
    screen.number_input(key="plan_limit").set_value(3).run()
    plan = plan_started(workbench, screen)
    assert [judge.kind for judge in plan.judges] == [JudgeKind.LABELS]


def test_the_rubric_is_the_usual_one_until_another_is_chosen(workbench: Workbench) -> None:
    screen = form(topic="core_values")
    screen.number_input(key="plan_limit").set_value(3).run()
    assert plan_started(workbench, screen).rubric.name == "coaching_quality"


def test_methods_a_panel_and_every_pair_come_into_the_plan(workbench: Workbench) -> None:
    screen = form(topic="core_values")
    screen.pills(key="plan_methods").set_value([JudgeKind.RUBRIC, JudgeKind.PAIRWISE, JudgeKind.HEURISTICS]).run()
    screen.multiselect(key="plan_panel").set_value(["simulated/judge-strict"]).run()
    screen.selectbox(key="plan_pairs").set_value(True).run()
    screen.number_input(key="plan_limit").set_value(3).run()
    plan = plan_started(workbench, screen)
    kinds = [judge.kind for judge in plan.judges]
    assert kinds.count(JudgeKind.RUBRIC) == 2
    assert kinds.count(JudgeKind.PAIRWISE) == 2
    assert JudgeKind.HEURISTICS in kinds
    assert plan.pairs == "all"


def test_a_method_that_only_compares_is_refused_beside_the_methods(workbench: Workbench) -> None:
    screen = form(topic="core_values")
    screen.pills(key="plan_methods").set_value([JudgeKind.PAIRWISE]).run()
    assert "name a method that scores them" in screen.error[0].value
    assert "start_run" not in [button.key for button in screen.button]
    screen.pills(key="plan_methods").set_value([JudgeKind.RUBRIC, JudgeKind.PAIRWISE]).run()
    assert not screen.error
    assert "start_run" in [button.key for button in screen.button]


def test_methods_without_material_say_what_is_missing(workbench: Workbench) -> None:
    screen = form(topic="core_values")
    for method, words in ((JudgeKind.LABELS, "has no labels"), (JudgeKind.REFERENCE, "no reference answer")):
        screen.pills(key="plan_methods").set_value([method]).run()
        assert words in screen.error[0].value


def test_stopping_when_clear_refuses_repeats_in_words(workbench: Workbench) -> None:
    screen = form(topic="core_values")
    screen.toggle(key="plan_stop_when_clear").set_value(True).run()
    screen.number_input(key="plan_margin").set_value(0.25).run()
    screen.number_input(key="plan_repeats").set_value(2).run()
    assert "one answer for each item" in screen.error[0].value
    screen.number_input(key="plan_repeats").set_value(1).run()
    plan = plan_started(workbench, screen)
    assert plan.stopping is not None
    assert plan.stopping.margin == 0.25


def test_a_set_of_people_asks_who_plays_them(workbench: Workbench) -> None:
    screen = form(topic="core_values", dataset="coaching_dialogue", items="2")
    screen.number_input(key="plan_turns").set_value(3).run()
    plan = plan_started(workbench, screen)
    assert plan.dialogue is not None
    assert (plan.dialogue.coachee, plan.dialogue.turns) == ("simulated/coachee", 3)
    assert plan.judges[0].kind is JudgeKind.CONVERSATION


def test_models_can_be_compared_over_every_topic(workbench: Workbench) -> None:
    screen = form()
    screen.selectbox(key="plan_topic").select_index(len(screen.selectbox(key="plan_topic").options) - 1).run()
    screen.multiselect(key="plan_models").set_value(["simulated/coach-steady", "simulated/coach-novice"]).run()
    screen.number_input(key="plan_limit").set_value(8).run()
    plan = plan_started(workbench, screen)
    assert plan.topic_id == ""
    assert len(plan.variants) == 2
    assert len(plan.variants[0].topics) > 1


def test_seeds_caps_and_fresh_answers_come_into_the_plan(workbench: Workbench) -> None:
    screen = form(topic="core_values", items="3")
    screen.number_input(key="plan_seed").set_value(7).run()
    screen.number_input(key="plan_time_cap").set_value(30.0).run()
    screen.toggle(key="plan_independent").set_value(True).run()
    screen.toggle(key="plan_fresh").set_value(True).run()
    plan = plan_started(workbench, screen)
    assert (plan.seed, plan.time_cap_minutes, plan.independent_seeds, plan.reuse_replies) == (7, 30.0, True, False)


def test_an_own_dataset_can_be_run(workbench: Workbench) -> None:
    workbench.datasets.copy("coaching_reply", "my_replies", "Ada")
    screen = form(topic="core_values", dataset="my_replies", items="2")
    assert screen.selectbox(key="plan_dataset").value == "my_replies"
    assert plan_started(workbench, screen).dataset.name == "my_replies"
