"""The Editor, clicked: edit, review, save, conflict, publish, roll back, preview."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from coaching_core.prompts.models import VersionChange
from evals.bootstrap import Workbench, build_workbench
from evals.current import set_running
from tests.conftest import make_settings

TOPIC = "core_values"


def _screen() -> None:
    from evals.current import running
    from pages.prompts.editor import render

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
def editor(workbench: Workbench) -> AppTest:
    return open_editor(topic=TOPIC)


def open_editor(**query: str) -> AppTest:
    screen = AppTest.from_function(_screen, default_timeout=20)
    for name, value in query.items():
        screen.query_params[name] = value
    screen.run()
    assert not screen.exception
    return screen


def prompt(screen: AppTest):  # type: ignore[no-untyped-def]
    return screen.text_area[0]


def press(screen: AppTest, label: str) -> AppTest:
    next(button for button in screen.button if button.label == label).click().run()
    assert not screen.exception
    return screen


def labels(screen: AppTest) -> list[str]:
    return [button.label for button in screen.button]


def tell(screen: AppTest, message: str) -> None:
    next(box for box in screen.text_input if box.label == "What did you change, and why?").set_value(message).run()


def text_of(screen: AppTest) -> str:
    return " ".join(html.body for html in screen.get("html"))


def plain_of(screen: AppTest) -> str:
    return re.sub(r"<[^>]*>", "", text_of(screen))


def save_by_another(workbench: Workbench, text: str = "Other.\n") -> None:
    latest = workbench.core.prompts.topic(TOPIC).latest_version
    change = VersionChange(prompts={"system": text}, message="Theirs", author="Bo")
    workbench.core.prompts.save_version(TOPIC, latest, change)


def test_a_change_is_reviewed_before_it_is_saved(editor: AppTest, workbench: Workbench) -> None:
    prompt(editor).set_value(prompt(editor).value.replace("90 words", "60 words")).run()
    tell(editor, "Shorter")
    press(editor, "Review changes")
    assert "<del>90</del>" in text_of(editor).replace(" </del>", "</del>")
    assert workbench.core.prompts.topic(TOPIC).latest_version == 1
    press(editor, "Save version 2")
    saved = workbench.core.prompts.version(TOPIC, 2)
    assert (saved.message, saved.author) == ("Shorter", "tester")
    assert editor.success[0].value == "Version 2 is saved as a draft."
    assert (editor.query_params["view"], editor.query_params["to"]) == ("diff", "2")


def test_an_empty_message_is_refused_and_nothing_is_lost(editor: AppTest, workbench: Workbench) -> None:
    prompt(editor).set_value("Mine.\n").run()
    press(editor, "Review changes")
    press(editor, "Save version 2")
    assert "message is empty" in editor.error[0].value
    press(editor, "Back to editing")
    assert prompt(editor).value == "Mine.\n"


def test_an_unknown_placeholder_is_said_and_declared_with_one_click(editor: AppTest) -> None:
    prompt(editor).set_value("Ask {{user_name}} about {{mood}}.\n").run()
    assert "{{mood}} is not declared" in text_of(editor)
    press(editor, "Review changes")
    assert "mood" in editor.error[0].value
    press(editor, "Back to editing")
    press(editor, "Declare mood")
    assert "is not declared" not in text_of(editor)
    assert "mood" in editor.get("data_editor")[0].value["name"].tolist()


def test_typing_and_the_click_that_ends_it_arrive_together(editor: AppTest) -> None:
    prompt(editor).set_value("Ask about {{mood}}.\n").run()
    next(box for box in editor.text_input if box.label == "What did you change, and why?").set_value(
        "Asks for the mood"
    )
    press(editor, "Declare mood")
    prompt(editor).set_value("Ask about {{mood}} first.\n")
    next(each for each in editor.get("menu_button") if each.label == "Add prompt type").click("assistant").run()
    editor.button_group(key="editor_prompt").set_value("system").run()
    assert prompt(editor).value == "Ask about {{mood}} first.\n"
    assert next(b for b in editor.text_input if b.label == "What did you change, and why?").value == "Asks for the mood"


def test_edits_survive_other_prompts_views_and_topics(editor: AppTest) -> None:
    prompt(editor).set_value("Kept.\n")
    editor.button_group(key="editor_prompt").set_value("user").run()
    editor.button_group(key="editor_view").set_value("preview").run()
    editor.selectbox(key="editor_topic").select("vision").run()
    editor.selectbox(key="editor_topic").select(TOPIC).run()
    editor.button_group(key="editor_view").set_value("edit").run()
    assert prompt(editor).value == "Kept.\n"
    press(editor, "Discard edits")
    assert prompt(editor).value.startswith("# Core values")


def test_parameters_and_settings_are_part_of_the_version(editor: AppTest, workbench: Workbench) -> None:
    edits = {"edited_rows": {1: {"description": "What they do"}}, "added_rows": [], "deleted_rows": []}
    editor.session_state[f"editor_parameters_{TOPIC}_0"] = edits
    next(box for box in editor.number_input if box.label == "Temperature").set_value(0.2).run()
    tell(editor, "Cooler")
    press(press(editor, "Review changes"), "Save version 2")
    saved = workbench.core.prompts.version(TOPIC, 2)
    assert saved.settings.temperature == 0.2
    assert saved.parameters[1].description == "What they do"
    assert saved.parameters[1].default == ""


def test_whoever_is_second_loses_nothing(editor: AppTest, workbench: Workbench) -> None:
    prompt(editor).set_value("Mine.\n").run()
    tell(editor, "Mine")
    press(editor, "Review changes")
    save_by_another(workbench)
    press(editor, "Save version 2")
    assert workbench.core.prompts.topic(TOPIC).latest_version == 2
    assert "Bo saved v2 while you were editing v1" in editor.warning[0].value
    assert "Other." in plain_of(editor)
    assert "Mine." in plain_of(editor)
    press(editor, "Save on top of v2")
    assert workbench.core.prompts.version(TOPIC, 3).prompts["system"] == "Mine.\n"


def test_mine_can_be_discarded_for_theirs(editor: AppTest, workbench: Workbench) -> None:
    prompt(editor).set_value("Mine.\n").run()
    save_by_another(workbench)
    press(press(editor, "Review changes"), "Discard mine")
    assert prompt(editor).value == "Other.\n"


def test_publishing_asks_first_and_checks_what_was_seen(workbench: Workbench) -> None:
    save_by_another(workbench)
    editor = open_editor(topic=TOPIC, view="diff", **{"from": "1", "to": "2"})
    press(editor, "Publish v2…")
    assert workbench.core.prompts.topic(TOPIC).published_version == 1
    assert "No run compares these two yet." in text_of(editor)
    save_by_another(workbench, "Third.\n")
    workbench.core.prompts.publish(TOPIC, 3, 1, "Bo")
    editor.button(key="editor_confirm").click().run()
    assert "Bo published version 3" in editor.session_state["editor_dialog_problem"]
    press(editor, "Publish v2…")
    editor.button(key="editor_confirm").click().run()
    assert workbench.core.prompts.topic(TOPIC).published_version == 2
    assert editor.success[0].value == "Version 2 is published."


def test_rolling_back_publishes_a_new_version(workbench: Workbench) -> None:
    save_by_another(workbench)
    workbench.core.prompts.publish(TOPIC, 2, 1, "Bo")
    editor = open_editor(topic=TOPIC)
    assert "Roll back to this version" not in editor.get("menu_button")[-2].options
    editor.get("menu_button")[-1].click("Roll back to this version").run()
    editor.button(key="editor_confirm").click().run()
    topic = workbench.core.prompts.topic(TOPIC)
    assert (topic.published_version, topic.latest_version) == (3, 3)
    assert workbench.core.prompts.version(TOPIC, 3).rolled_back_from == 1


def test_a_topic_is_deactivated_after_asking(editor: AppTest, workbench: Workbench) -> None:
    menu = next(each for each in editor.get("menu_button") if each.label == "More")
    menu.click("Deactivate topic").run()
    assert workbench.core.prompts.topic(TOPIC).is_active
    editor.button(key="editor_confirm").click().run()
    assert not workbench.core.prompts.topic(TOPIC).is_active
    assert "Inactive" in text_of(editor.run())


def test_a_link_shows_any_two_versions(workbench: Workbench) -> None:
    save_by_another(workbench, "Second.\n")
    save_by_another(workbench, "Third.\n")
    editor = open_editor(topic=TOPIC, view="diff", **{"from": "2", "to": "3"})
    assert "Second." in plain_of(editor)
    assert "# Core values" not in text_of(editor)
    editor.selectbox(key="editor_from").select(1).run()
    assert editor.query_params["from"] == "1"
    assert "# Core values" in text_of(editor)
    editor.toggle(key="editor_one_column").set_value(True).run()
    assert editor.query_params["columns"] == "1"
    assert "→" in text_of(editor)


def test_the_preview_says_which_value_is_missing(workbench: Workbench) -> None:
    editor = open_editor(topic=TOPIC, view="preview")
    assert "You are with Amara in session 2" in editor.code[-1].value
    box = next(each for each in editor.text_input if each.label == "user_name (required)")
    box.set_value("").run()
    assert "“user\\_name” is required" in editor.error[0].value
    assert "{{user_name}}" in editor.code[-1].value


def test_a_topic_that_is_not_there_is_said() -> None:
    editor = open_editor(topic="nope", **{"from": "7"})
    assert "There is no topic “nope”" in editor.error[0].value
    assert "There is no version “7”" in editor.warning[0].value


@pytest.fixture(autouse=True)
def _always_a_workbench(workbench: Workbench) -> None:
    """Every test of this file has one running."""
