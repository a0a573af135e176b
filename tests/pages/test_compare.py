"""The Compare screen, clicked: one run, several candidates, panels, pairs, two runs, nothing yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from coaching_core.errors import InvalidInputError
from evals.bootstrap import Workbench, build_workbench
from evals.current import set_running
from evals.results.table import ResultTable, read_table
from evals.running.folder import RunFolder
from pages.view_models.compare import Choice, compare_between
from tests.conftest import make_settings
from tests.pages.run_making import carry_out, planned, save_worse_version


def _screen() -> None:
    from evals.current import running
    from pages.evaluation.compare import render

    workbench = running()
    assert workbench is not None
    render(workbench)


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    built = build_workbench(make_settings(tmp_path / "home"))
    save_worse_version(built)
    set_running(built)
    yield built
    built.close()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workbench, RunFolder]]:
    """A run with three variants of which a panel and pairwise judges think something."""
    built = build_workbench(make_settings(tmp_path_factory.mktemp("home")))
    save_worse_version(built)
    plan = planned(
        built,
        models=("simulated/coach-steady", "simulated/coach-novice"),
        panel=("simulated/judge-strict",),
        methods=("rubric", "pairwise", "heuristics"),
        pairs="all",
    )
    yield built, carry_out(built, plan)
    built.close()


def opened(workbench: Workbench, **query: str) -> AppTest:
    set_running(workbench)
    screen = AppTest.from_function(_screen, default_timeout=60)
    for name, value in query.items():
        screen.query_params[name] = value
    return screen.run()


def carried(screen: AppTest, name: str) -> str:
    value = screen.query_params[name]
    return value if isinstance(value, str) else value[0]


def shown(screen: AppTest) -> str:
    return " ".join(str(element.proto.body) for element in screen.get("html"))


def captions(screen: AppTest) -> str:
    return " ".join(caption.value for caption in screen.caption)


def test_an_empty_screen_offers_the_next_step(workbench: Workbench) -> None:
    screen = opened(workbench)
    assert "Nothing to compare yet" in shown(screen)
    assert [button.label for button in screen.button] == ["Load the demo data"]


def test_the_newest_run_is_compared_and_the_address_says_so(workbench: Workbench) -> None:
    folder = carry_out(workbench, planned(workbench))
    screen = opened(workbench)
    assert not screen.exception
    assert "points lower</span> than v1" in shown(screen)
    assert carried(screen, "run") == folder.run_id
    table = screen.dataframe[0].value
    assert list(table["change"]) == sorted(table["change"])
    assert "pass to fail" in captions(screen) or "changes between pass and fail" in captions(screen)


def test_a_run_that_is_not_there_is_said(workbench: Workbench) -> None:
    carry_out(workbench, planned(workbench))
    assert "There is no run “nope”." in opened(workbench, run="nope").error[0].value


def test_all_candidates_are_counted_together(kept: tuple[Workbench, RunFolder]) -> None:
    workbench, folder = kept
    screen = opened(workbench, run=folder.run_id)
    text = shown(screen)
    assert "p (Holm)" in text
    assert "adjusted for 3 candidates" in captions(screen)
    other = next(button for button in screen.button if button.label.startswith("Show "))
    wanted = other.key.removeprefix("show_candidate_")
    other.click().run()
    assert carried(screen, "candidate") == wanted
    assert screen.selectbox(key="run_candidate").value == wanted
    assert not screen.exception


def test_pairs_are_told_with_both_orders(kept: tuple[Workbench, RunFolder]) -> None:
    workbench, folder = kept
    screen = opened(workbench, run=folder.run_id)
    assert "Wins / ties / losses" in shown(screen)
    assert "says the same in both orders" in captions(screen)


def test_an_opened_item_has_the_words_of_every_judge(kept: tuple[Workbench, RunFolder]) -> None:
    workbench, folder = kept
    item = read_table(folder).columns.item.values[0]
    text = shown(opened(workbench, run=folder.run_id, show="all", item=item))
    assert "simulated/judge-strict" in text
    assert "In pairs" in text
    assert "shown first" in text
    assert "A good reply" in text


def test_another_judge_reads_the_same_run(kept: tuple[Workbench, RunFolder]) -> None:
    workbench, folder = kept
    screen = opened(workbench, run=folder.run_id)
    options = screen.selectbox(key="run_judge").options
    assert "Measurements" in options
    screen.selectbox(key="run_judge").select("Measurements").run()
    assert not screen.exception
    assert "Scale 0–1." in shown(screen)
    assert "heuristics" in carried(screen, "judge")


def test_filters_narrow_the_table_and_stand_in_the_address(kept: tuple[Workbench, RunFolder]) -> None:
    workbench, folder = kept
    screen = opened(workbench, run=folder.run_id, show="all")
    phases = read_table(folder).columns.phase.values
    screen.selectbox(key="items_phase").select_index(1).run()
    chosen = carried(screen, "phase")
    assert chosen in phases
    assert 0 < len(screen.dataframe[0].value) < 12
    again = opened(workbench, run=folder.run_id, show="all", phase=chosen)
    assert len(again.dataframe[0].value) == len(screen.dataframe[0].value)
    screen.text_input(key="run_search").set_value("nothing like that").run()
    assert not screen.dataframe
    assert "No item matches." in captions(screen)


def test_many_items_are_shown_page_by_page(workbench: Workbench) -> None:
    folder = carry_out(workbench, planned(workbench, limit=None))
    screen = opened(workbench, run=folder.run_id, show="all")
    first = set(screen.dataframe[0].value["item"])
    assert len(first) == 50
    screen.button(key="items_next").click().run()
    second = set(screen.dataframe[0].value["item"])
    assert len(second) == 10
    assert not first & second
    assert carried(screen, "page") == "2"
    linked = opened(workbench, run=folder.run_id, show="all", page="2")
    assert set(linked.dataframe[0].value["item"]) == second


def test_next_goes_on_over_the_end_of_a_page(workbench: Workbench) -> None:
    folder = carry_out(workbench, planned(workbench, limit=None))
    screen = opened(workbench, run=folder.run_id, show="all")
    last = screen.dataframe[0].value["item"].iloc[-1]
    again = opened(workbench, run=folder.run_id, show="all", item=last)
    again.button(key="item_Next").click().run()
    assert carried(again, "page") == "2"
    assert carried(again, "item") == again.dataframe[0].value["item"].iloc[0]


def test_two_runs_stand_side_by_side_with_a_warning(workbench: Workbench) -> None:
    first = carry_out(workbench, planned(workbench, prompts=("v1",)))
    second = carry_out(workbench, planned(workbench, prompts=("v2",), judge="simulated/judge-strict"))
    item = read_table(second).columns.item.values[0]
    screen = opened(workbench, **{"run": second.run_id, "with": first.run_id, "show": "all", "item": item})
    assert not screen.exception
    assert "The judges differ" in screen.warning[0].value
    assert "12 paired items" in shown(screen)
    assert "v1, score" in shown(screen)
    assert "v2, score" in shown(screen)


def test_scales_that_differ_are_not_compared(kept: tuple[Workbench, RunFolder]) -> None:
    table: ResultTable = read_table(kept[1])
    measured = table.read_by(table.plan.panels[1].id)
    with pytest.raises(InvalidInputError, match="one scale"):
        compare_between(replace(table), measured, Choice("a", "b"))


def test_a_run_of_labels_is_compared_on_its_own_scale(workbench: Workbench) -> None:
    plan = planned(
        workbench,
        dataset="focus_assessment",
        topic="focus_assessment",
        prompts=("published",),
        models=("simulated/coach-steady", "simulated/coach-novice"),
        judge="",
    )
    folder = carry_out(workbench, plan)
    item = read_table(folder).columns.item.values[0]
    text = shown(opened(workbench, run=folder.run_id, show="all", item=item))
    assert "Scale 0–1." in text
    assert "Expected" in text


def test_whole_conversations_stand_side_by_side(workbench: Workbench) -> None:
    folder = carry_out(workbench, planned(workbench, dataset="coaching_dialogue", limit=2, turns=2))
    item = read_table(folder).columns.item.values[0]
    text = shown(opened(workbench, run=folder.run_id, show="all", item=item))
    assert "played by a simulated coachee" in text
    assert text.count("cw-coach") >= 4
