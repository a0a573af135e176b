"""The Playground's screen, driven as a person drives it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from coaching_core.prompts.models import VersionChange
from evals.bootstrap import Workbench, build_workbench
from evals.current import set_running
from tests.conftest import make_settings


def _screen() -> None:
    from evals.current import running
    from pages.playground.playground import render

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
def page(workbench: Workbench) -> AppTest:
    return AppTest.from_function(_screen, default_timeout=20).run()


def settle(page: AppTest, workbench: Workbench) -> AppTest:
    """Wait until nothing is under way, then look again."""
    session_id = asked(page, "session")
    live = workbench.core.playground.live(session_id)
    while live is not None:
        assert all(reply.wait(10) for reply in live.replies.values())
        live = workbench.core.playground.live(session_id)
    return page.run()


def asked(page: AppTest, name: str) -> str:
    value = page.query_params[name]
    return value if isinstance(value, str) else value[0]


def texts(page: AppTest) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def button(page: AppTest, label: str) -> object:
    return next(one for one in page.button if one.label == label)


def say(page: AppTest, workbench: Workbench, message: str) -> AppTest:
    return settle(page.chat_input[0].set_value(message).run(), workbench)


def heads(page: AppTest) -> list[str]:
    return [element.proto.body for element in page.get("html") if "cw-who" in element.proto.body[:40]]


def test_a_first_visit_has_three_coaches_on_the_published_version(page: AppTest) -> None:
    assert not page.exception
    assert asked(page, "versions") == "1,1,1"
    assert ["Steady" in head and "v1 published" in head for head in heads(page)] == [True, False, False]
    assert len(heads(page)) == 3
    assert "Simulated models" in texts(page)
    assert page.chat_input[0].placeholder == "Next message, sent to all three columns"


def test_with_a_draft_a_first_visit_holds_it_against_the_published_version(workbench: Workbench) -> None:
    change = VersionChange(prompts={"system": "Ask one question."}, message="Shorter", author="Ada")
    workbench.core.prompts.save_version("core_values", 1, change)
    page = AppTest.from_function(_screen, default_timeout=20).run()
    assert asked(page, "versions") == "2,1"
    assert page.chat_input[0].placeholder == "Next message, sent to both columns"


def test_a_message_gets_an_answer_from_each_and_is_kept(page: AppTest, workbench: Workbench) -> None:
    say(page, workbench, "I think honesty matters to me.")
    assert not page.exception
    assert texts(page).count('class="cw-run"') == 3
    assert "3 columns, 1 turn" in texts(page)
    again = AppTest.from_function(_screen, default_timeout=20)
    again.query_params["session"] = asked(page, "session")
    assert texts(again.run()).count('class="cw-run"') == 3


def test_columns_can_be_added_changed_duplicated_and_removed(page: AppTest, workbench: Workbench) -> None:
    button(page, "Add column").click().run()  # type: ignore[attr-defined]
    assert len(heads(page)) == 4
    assert button(page, "Add column").disabled  # type: ignore[attr-defined]
    button(page, "Remove column").click().run()  # type: ignore[attr-defined]
    assert ["Keen" in h for h in heads(page)] == [True, False, False]
    next(one for one in page.selectbox if one.label == "Model").set_value("simulated/coach-steady").run()
    assert "Steady" in heads(page)[0]
    button(page, "Duplicate column").click().run()  # type: ignore[attr-defined]
    assert ["Steady" in h for h in heads(page)] == [True, True, False, False]
    assert workbench.core.playground.latest("local") == ()


def test_a_model_without_a_key_is_refused_in_words_and_nothing_changes(page: AppTest, workbench: Workbench) -> None:
    missing = next(info.name for info in workbench.core.catalogue.models() if not info.available)
    next(one for one in page.selectbox if one.label == "Model").set_value(missing).run()
    assert "cannot be asked" in page.error[0].value
    assert "Steady" in heads(page)[0]


def test_a_branch_leaves_the_conversation_as_it_was(page: AppTest, workbench: Workbench) -> None:
    say(page, workbench, "First.")
    say(page, workbench, "Second.")
    before = asked(page, "session")
    page.button(key="branch_0").click().run()
    assert asked(page, "session") != before
    assert "3 columns, 1 turn" in texts(page)
    page.button(key=f"open_{before}").click().run()
    assert "3 columns, 2 turns" in texts(page)


def test_the_parameters_are_used_from_the_next_message_on(page: AppTest, workbench: Workbench) -> None:
    page.text_input[0].set_value("Bronwen")
    button(page, "Use these values").click().run()  # type: ignore[attr-defined]
    button(page, "Open with the user prompt").click().run()  # type: ignore[attr-defined]
    settle(page, workbench)
    session = workbench.core.playground.load("local", asked(page, "session"))
    assert session.parameters["user_name"] == "Bronwen"
    assert "Welcome Bronwen" in session.turns[0].message


def test_a_parameter_that_cannot_be_read_is_named(page: AppTest) -> None:
    page.text_area[0].set_value("not json")
    button(page, "Use these values").click().run()  # type: ignore[attr-defined]
    assert "must be a JSON list" in page.error[0].value
    assert page.text_area[0].value == "not json"


def test_a_message_that_cannot_be_sent_goes_back_into_the_field(page: AppTest) -> None:
    page.chat_input[0].set_value("x" * 20_001).run()
    assert "20000 fit" in page.error[0].value
    assert page.chat_input[0].proto.value == "x" * 20_001


def test_blind_mode_hides_names_until_the_vote(page: AppTest, workbench: Workbench) -> None:
    page.toggle[0].set_value(True).run()
    say(page, workbench, "I think honesty matters to me.")
    assert "Steady" not in texts(page)
    assert "TTFT" not in texts(page)
    assert "so far" not in texts(page)
    shown = [element.proto.body for element in page.get("html") if "cw-ans" in element.proto.body]
    button(page, "B is best").click().run()  # type: ignore[attr-defined]
    assert "You chose answer B in turn 1" in texts(page)
    assert "Steady" in texts(page)
    after = [element.proto.body for element in page.get("html") if "cw-ans" in element.proto.body]
    assert [_answer(body) for body in after] == [_answer(body) for body in shown]


def _answer(body: str) -> str:
    return body.partition('class="cw-ans"')[2].partition("</div>")[0]


def test_a_conversation_that_is_gone_is_said_and_a_new_one_is_there(workbench: Workbench) -> None:
    page = AppTest.from_function(_screen, default_timeout=20)
    page.query_params["session"] = "01NOPE"
    page.run()
    assert "no such conversation" in page.error[0].value
    assert len(heads(page)) == 3


def test_what_people_and_models_write_is_inert(page: AppTest, workbench: Workbench) -> None:
    say(page, workbench, "<script>alert(1)</script><img src=x onerror=alert(1)>")
    assert "<script" not in texts(page)
    assert "<img" not in texts(page)
    assert "&lt;script&gt;" in texts(page)


def test_a_failed_answer_can_be_asked_for_again(page: AppTest, workbench: Workbench) -> None:
    service = workbench.core.playground
    say(page, workbench, "First.")
    session = service.load("local", asked(page, "session"))
    added = service.new_column("simulated/coach-novice", 1)
    service.arrange(session, (*session.columns, added), session.parameters)
    page.run()
    assert "This column was not there yet." in texts(page)
    button(page, "Ask this column").click().run()  # type: ignore[attr-defined]
    settle(page, workbench)
    assert texts(page).count('class="cw-run"') == 4
    assert "4 columns, 1 turn" in texts(page)


def test_what_the_service_refuses_from_a_turn_is_shown(page: AppTest, workbench: Workbench) -> None:
    service = workbench.core.playground
    say(page, workbench, "First.")
    session = service.load("local", asked(page, "session"))
    service.arrange(session, session.columns[:2], session.parameters)
    button(page, "Remove column").click().run()  # type: ignore[attr-defined]
    assert "another window" in page.error[0].value
    assert "2 columns" in texts(page)
