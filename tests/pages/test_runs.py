"""The Runs screen, clicked: list, plan, a run that ended, one that was interrupted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from evals.bootstrap import Workbench, build_workbench
from evals.current import set_running
from evals.running.folder import RunState
from tests.conftest import make_settings
from tests.pages.run_making import carry_out, planned, save_worse_version


def _screen() -> None:
    from evals.current import running
    from pages.evaluation.runs import render

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


class RecordedProcess:
    """Stands for a run's process; the browser test starts real ones."""

    started: list[list[str]]

    def __init__(self, arguments: list[str], **_: object) -> None:
        self.started.append(arguments)

    def poll(self) -> None:
        return None


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The command lines of the processes that were started."""
    RecordedProcess.started = []
    monkeypatch.setattr("evals.runs.subprocess.Popen", RecordedProcess)
    return RecordedProcess.started


def opened(**query: str) -> AppTest:
    screen = AppTest.from_function(_screen, default_timeout=30)
    for name, value in query.items():
        screen.query_params[name] = value
    return screen.run()


def carried(screen: AppTest, name: str) -> str:
    value = screen.query_params[name]
    return value if isinstance(value, str) else value[0]


def shown(screen: AppTest) -> str:
    return " ".join(str(element.proto.body) for element in screen.get("html"))


def labels(screen: AppTest) -> list[str]:
    return [button.label for button in screen.button]


def test_an_empty_list_offers_the_next_steps(workbench: Workbench) -> None:
    screen = opened()
    assert "No runs yet" in shown(screen)
    assert labels(screen) == ["Plan run", "Load the demo data"]
    next(button for button in screen.button if button.label == "Plan run").click().run()
    assert carried(screen, "new") == "1"
    assert "What this run comes to" in shown(screen)


def test_the_list_tells_what_a_run_found(workbench: Workbench) -> None:
    folder = carry_out(workbench, planned(workbench))
    row = opened().dataframe[0].value.iloc[0]
    assert (row["run"], row["compared"], row["stands"]) == (folder.run_id, "v2 against v1", "Finished")
    assert row["difference"].startswith("−")
    assert row["difference"].endswith("worse")
    assert list(row["kind"]) == ["Simulated"]


def test_the_list_can_be_filtered(workbench: Workbench) -> None:
    carry_out(workbench, planned(workbench))
    screen = opened()
    screen.selectbox[1].select("Interrupted").run()
    assert not screen.dataframe
    assert "No run matches" in screen.caption[0].value


def test_the_plan_shows_what_it_comes_to(workbench: Workbench) -> None:
    screen = opened(new="1", topic="core_values")
    assert screen.multiselect(key="plan_candidates_core_values").value == [2]
    text = shown(screen)
    assert "<span>60</span>" in text
    assert "<span>240</span>" in text
    assert "This run could detect a difference of 0.44 or more; about $" in text
    assert "is assumed" in text
    assert "all there are" not in text
    screen.number_input(key="plan_limit").set_value(10).run()
    assert "<span>40</span>" in shown(screen)
    assert "all there are" in shown(screen)


def test_the_plan_learns_from_earlier_runs(workbench: Workbench) -> None:
    carry_out(workbench, planned(workbench))
    assert "as in 1 earlier run" in shown(opened(new="1", topic="core_values", dataset="coaching_reply"))


def test_the_plan_of_one_version_says_that_nothing_is_compared(workbench: Workbench) -> None:
    screen = opened(new="1", topic="core_values")
    screen.multiselect(key="plan_candidates_core_values").set_value([]).run()
    assert "One variant alone is not compared; about $" in shown(screen)
    assert "Start run" in labels(screen)


def test_a_model_without_a_key_is_refused_in_words_and_nothing_is_lost(workbench: Workbench) -> None:
    screen = opened(new="1", topic="core_values")
    screen.number_input(key="plan_limit").set_value(7).run()
    screen.multiselect(key="plan_models").set_value(["anthropic/claude-opus-4-5"]).run()
    assert "ANTHROPIC" in screen.error[0].value
    assert "Start run" not in labels(screen)
    assert screen.number_input(key="plan_limit").value == 7


def test_a_topic_without_items_of_its_own_takes_those_of_every_topic(workbench: Workbench) -> None:
    screen = opened(new="1", topic="business_insight")
    assert screen.selectbox(key="plan_scope_business_insight_coaching_reply").options == ["Every topic"]
    assert not screen.error


def test_starting_leads_to_the_run(workbench: Workbench, started: list[list[str]]) -> None:
    screen = opened(new="1", topic="core_values")
    screen.number_input(key="plan_limit").set_value(1).run()
    screen.button(key="start_run").click().run()
    (run,) = workbench.runs.list()
    assert carried(screen, "run") == run.run_id
    assert run.items == 1
    assert "0 of 2 answers done" in shown(screen)
    assert "Waiting to start" in shown(screen)
    assert [arguments[2:4] for arguments in started] == [["evals", "run"]]


def test_a_finished_run_tells_its_verdict_and_opens_an_item(workbench: Workbench) -> None:
    folder = carry_out(workbench, planned(workbench))
    screen = opened(run=folder.run_id)
    assert not screen.exception
    assert '<span class="down">' in shown(screen)
    assert "points lower</span> than v1" in shown(screen)
    table = screen.dataframe[0].value
    assert list(table["change"]) == sorted(table["change"])
    again = opened(run=folder.run_id, item=table["item"].iloc[0])
    assert "Open questions" in shown(again)
    assert "worse</span>" in shown(again)
    again.button(key="item_Next").click().run()
    assert carried(again, "item") == table["item"].iloc[1]
    again.button(key="item_Previous").click().run()
    assert carried(again, "item") == table["item"].iloc[0]


def test_items_can_be_filtered(workbench: Workbench) -> None:
    folder = carry_out(workbench, planned(workbench))
    screen = opened(run=folder.run_id)
    screen.segmented_control(key="run_show").set_value("All").run()
    assert len(screen.dataframe[0].value) == 12
    screen.text_input(key="run_search").set_value("nothing like that").run()
    assert not screen.dataframe
    assert "No item matches." in " ".join(caption.value for caption in screen.caption)


def test_failed_answers_are_dashes_with_reasons_never_low_scores(workbench: Workbench) -> None:
    folder = carry_out(workbench, planned(workbench), failing=True)
    screen = opened(run=folder.run_id)
    screen.segmented_control(key="run_show").set_value("Failed").run()
    failed = screen.dataframe[0].value
    assert len(failed) > 0
    assert failed["change"].isna().all()
    text = shown(opened(run=folder.run_id, item=failed["item"].iloc[0]))
    assert "The &lt;b&gt;provider&lt;/b&gt; is down." in text
    assert "left out" in text


def test_one_variant_alone_has_means_by_criterion(workbench: Workbench) -> None:
    folder = carry_out(workbench, planned(workbench, prompts=("v1",)))
    text = shown(opened(run=folder.run_id))
    assert "v1 scores " in text
    assert "One variant: nothing to compare it with." in text
    assert "Fits the moment" in text


def test_with_several_variants_any_two_can_be_compared(workbench: Workbench) -> None:
    coaches = [m.name for m in workbench.core.catalogue.models() if m.simulated and "coach" in m.roles]
    folder = carry_out(workbench, planned(workbench, models=tuple(coaches[:2])))
    screen = opened(run=folder.run_id)
    ids = screen.selectbox(key="run_baseline").options
    assert len(ids) == 4
    screen.selectbox(key="run_candidate").select_index(3).run()
    assert not screen.exception
    screen.selectbox(key="run_baseline").select_index(3).run()
    assert "Choose two variants that differ." in " ".join(caption.value for caption in screen.caption)


def test_an_interrupted_run_says_so_and_shows_what_is_there(workbench: Workbench) -> None:
    folder = carry_out(workbench, planned(workbench), answers=20)
    assert folder.status().state is RunState.INTERRUPTED
    screen = opened(run=folder.run_id)
    assert "its process is gone" in screen.warning[0].value
    assert "Resume run" in labels(screen)
    assert "So far: " in shown(screen)


def test_resuming_answers_at_once(workbench: Workbench, started: list[list[str]]) -> None:
    folder = carry_out(workbench, planned(workbench), answers=20)
    screen = opened(run=folder.run_id)
    screen.button(key="resume_run").click().run()
    assert "Resume run" not in labels(screen)
    assert "Starting again" in shown(screen)
    assert [arguments[2:4] for arguments in started] == [["evals", "resume"]]


def test_what_failed_can_be_asked_again(workbench: Workbench, started: list[list[str]]) -> None:
    folder = carry_out(workbench, planned(workbench), failing=True)
    screen = opened(run=folder.run_id)
    assert any("failed." in caption.value and "answer" in caption.value for caption in screen.caption)
    screen.button(key="retry_failed").click().run()
    assert "Starting again" in shown(screen)
    assert [arguments[2:4] + arguments[-1:] for arguments in started] == [["evals", "resume", "--retry-failed"]]


def test_where_nothing_failed_nothing_is_offered(workbench: Workbench) -> None:
    folder = carry_out(workbench, planned(workbench))
    assert "Ask failed again" not in labels(opened(run=folder.run_id))


def test_a_run_that_is_not_there_is_said(workbench: Workbench) -> None:
    assert "There is no run “nope”." in opened(run="nope").error[0].value


def test_a_run_whose_files_are_gone_is_said(workbench: Workbench) -> None:
    folder = carry_out(workbench, planned(workbench))
    folder.path.rename(folder.path.with_name("elsewhere"))
    assert "The files of this run are gone" in opened(run=folder.run_id).error[0].value
