"""The Topics screen, clicked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from evals.bootstrap import Workbench, build_workbench
from evals.current import set_running
from tests.conftest import make_settings


def _screen() -> None:
    from evals.current import running
    from pages.prompts.topics import render

    workbench = running()
    assert workbench is not None
    render(workbench)


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    built = build_workbench(make_settings(tmp_path / "home"))
    set_running(built)
    yield built
    built.close()


@pytest.fixture
def screen(workbench: Workbench) -> AppTest:
    return AppTest.from_function(_screen, default_timeout=20).run()


def names(screen: AppTest) -> list[str]:
    return list(screen.dataframe[0].value["name"])


def fill_dialog(screen: AppTest, **fields: str) -> None:
    screen.button(key="new_topic")
    for name, value in fields.items():
        area = name == "system"
        (screen.text_area if area else screen.text_input)(key=f"new_topic_{name}").set_value(value)


def test_all_seeds_are_listed(screen: AppTest) -> None:
    assert not screen.exception
    assert len(names(screen)) == 12
    assert screen.dataframe[0].value["published"].unique().tolist() == ["v1"]


def test_search_and_filters_narrow_the_list(screen: AppTest) -> None:
    screen.text_input(key="topics_search").set_value("core val").run()
    assert names(screen) == ["Core values"]
    screen.text_input(key="topics_search").set_value("").run()
    screen.selectbox(key="topics_category").select("kpi").run()
    assert names(screen) == ["Revenue growth (Salesforce)"]
    screen.text_input(key="topics_search").set_value("nothing like it").run()
    assert not screen.dataframe
    assert any("No topic fits" in html.body for html in screen.get("html"))


def test_inactive_topics_come_last_and_can_be_hidden(screen: AppTest, workbench: Workbench) -> None:
    workbench.core.prompts.set_active("core_values", False, "Ada")
    screen.run()
    assert names(screen)[-1] == "Core values (inactive)"
    screen.toggle(key="topics_inactive").set_value(False).run()
    assert len(names(screen)) == 11


def test_a_topic_is_created_and_everything_wrong_is_said_first(screen: AppTest, workbench: Workbench) -> None:
    open_dialog = next(button for button in screen.button if button.label == "Create topic")
    open_dialog.click().run()
    fill_dialog(screen, id="Weekly", name="", system="")
    screen.button(key="new_topic").click().run()
    assert "weekly" not in workbench.core.prompts.topic_ids()
    said = screen.session_state["topics_create_problem"]
    assert "has capitals" in said
    assert "name is empty" in said

    next(button for button in screen.button if button.label == "Create topic").click().run()
    fill_dialog(screen, id="weekly", name="Weekly", system="Look back.")
    screen.button(key="new_topic").click().run()
    topic = workbench.core.prompts.topic("weekly")
    assert (topic.topic_type, topic.published_version, topic.latest_version) == ("single_shot", None, 1)
