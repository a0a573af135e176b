"""The publish gate in the Editor, clicked: rule, block, override; by admins, prompt engineers and product owners."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from coaching_core.people import Person, Role
from coaching_core.prompts.gate import GateKind, GateRequirement
from evals.bootstrap import Workbench, build_workbench
from evals.current import set_running
from tests.conftest import make_settings
from tests.pages.run_making import carry_out, planned, save_worse_version

TOPIC = "core_values"
OLGA = Person("Olga", Role.ADMIN)


def _screen() -> None:
    from evals.current import running
    from pages.prompts.editor import render

    workbench = running()
    assert workbench is not None
    render(workbench)


def _topics() -> None:
    from evals.current import running
    from pages.prompts.topics import render

    workbench = running()
    assert workbench is not None
    render(workbench)


@pytest.fixture
def role() -> str:
    return "admin"


@pytest.fixture
def workbench(tmp_path: Path, role: str) -> Iterator[Workbench]:
    built = build_workbench(make_settings(tmp_path / "home", workbench_role=role))
    save_worse_version(built)
    set_running(built)
    yield built
    built.close()


@pytest.fixture
def ruled(workbench: Workbench) -> Workbench:
    workbench.core.prompts.rules.set(TOPIC, GateRequirement(GateKind.NOT_WORSE, 0.2, 8), OLGA)
    return workbench


def diff() -> AppTest:
    screen = AppTest.from_function(_screen, default_timeout=20)
    for name, value in {"topic": TOPIC, "view": "diff", "from": "1", "to": "2"}.items():
        screen.query_params[name] = value
    screen.run()
    assert not screen.exception
    return screen


def press(screen: AppTest, key: str) -> AppTest:
    screen.button(key=key).click().run()
    assert not screen.exception
    return screen


def said(screen: AppTest) -> str:
    parts = [html.body for html in screen.get("html")]
    parts += [element.value for element in (*screen.caption, *screen.markdown, *screen.error, *screen.success)]
    return re.sub(r"<[^>]*>", " ", " ".join(parts)).replace("\u00a0", " ")


def labels(screen: AppTest) -> list[str]:
    return [button.label for button in screen.button]


def published(workbench: Workbench) -> int | None:
    return workbench.core.prompts.topic(TOPIC).published_version


def test_an_admin_sets_a_rule_and_sees_it_at_once(workbench: Workbench) -> None:
    screen = press(diff(), "editor_rule")
    assert "Every version can be published" in said(screen)
    screen.button_group(key="editor_rule_kind").set_value(GateKind.BETTER)
    press(screen, "editor_rule_save")
    assert workbench.core.prompts.rules.get(TOPIC) == GateRequirement(GateKind.BETTER)
    again = said(diff())
    assert "Publishing rule: better at 95 %, 30 items or more." in again
    assert "Better at 95 %: no evidence." in again


def test_margin_and_items_of_a_rule_can_be_changed(ruled: Workbench) -> None:
    screen = press(diff(), "editor_rule")
    assert "lies above −0.20" in said(screen)
    screen.number_input(key="editor_rule_margin").set_value(0.15)
    screen.number_input(key="editor_rule_items").set_value(50)
    press(screen, "editor_rule_save")
    assert ruled.core.prompts.rules.get(TOPIC) == GateRequirement(GateKind.NOT_WORSE, 0.15, 50)


def test_a_rule_is_taken_away(ruled: Workbench) -> None:
    screen = press(diff(), "editor_rule")
    screen.button_group(key="editor_rule_kind").set_value(GateKind.NONE)
    press(screen, "editor_rule_save")
    assert not ruled.core.prompts.rules.get(TOPIC).is_set
    assert "Gate" not in said(diff())


def test_the_card_tells_what_the_rule_makes_of_the_run(ruled: Workbench) -> None:
    run = carry_out(ruled, planned(ruled))
    text = said(diff())
    assert "Not worse by more than 0.20 at 95 %: not met, −" in text
    assert "Mend the draft, then run it again." in text
    carry_out(ruled, planned(ruled, limit=4))
    text = said(diff())
    assert "inconclusive" in text
    assert "It has 4 paired items; the rule asks for 8 or more." in text
    assert "The latest run decides. An older one says otherwise." in text
    assert f"{run.run_id}: not met" in text


def test_a_met_rule_publishes_as_ever(ruled: Workbench) -> None:
    ruled.core.prompts.rules.set(TOPIC, GateRequirement(GateKind.NOT_WORSE, 5.0, 8), OLGA)
    carry_out(ruled, planned(ruled))
    screen = press(diff(), "editor_publish")
    press(screen, "editor_confirm")
    assert published(ruled) == 2


def test_an_admin_passes_by_the_rule_only_with_a_reason(ruled: Workbench) -> None:
    screen = press(diff(), "editor_publish")
    assert "The publishing rule is not met, so v2 stays a draft." in said(screen)
    assert "Publish v2 anyway" in labels(screen)
    assert "Publish v2" not in labels(screen)
    press(screen, "editor_confirm")
    assert published(ruled) == 1
    screen = press(diff(), "editor_publish")
    screen.text_area(key="editor_override_reason").set_value("Wrong phone number in v1")
    press(screen, "editor_confirm")
    assert published(ruled) == 2
    assert "Version 2 is published. The audit log has your reason." in said(screen)
    events = ruled.core.audit.page().events
    assert {event.action: event.reason for event in events[:2]} == {
        "version.publish": "",
        "gate.override": "Wrong phone number in v1",
    }


def test_the_plan_it_offers_has_the_items_it_needs(ruled: Workbench) -> None:
    links = diff().get("page_link")
    plan = next(link for link in links if link.proto.label == "Plan run")
    assert "from=1" in plan.proto.query_string
    assert "to=2" in plan.proto.query_string
    assert "items=283" in plan.proto.query_string


@pytest.mark.parametrize("role", ["prompt_engineer"])
def test_a_prompt_engineer_sees_that_an_admin_is_needed(ruled: Workbench) -> None:
    screen = diff()
    assert "editor_rule" not in [button.key for button in screen.button]
    press(screen, "editor_publish")
    assert "An admin can publish it all the same" in said(screen)
    assert not [label for label in labels(screen) if "anyway" in label or label == "Publish v2"]
    assert published(ruled) == 1


@pytest.mark.parametrize("role", ["product_owner"])
def test_a_product_owner_cannot_publish(workbench: Workbench) -> None:
    button = diff().button(key="editor_publish")
    assert button.disabled
    assert "product owner does not publish" in (button.help or "")


def test_saving_publishing_and_rolling_back_are_signed_with_the_role(workbench: Workbench) -> None:
    press(press(diff(), "editor_publish"), "editor_confirm")
    event = workbench.core.audit.page().events[0]
    assert (event.action, event.who, event.role) == ("version.publish", "tester", Role.ADMIN)


def test_the_list_of_topics_tells_which_have_a_rule(ruled: Workbench) -> None:
    table = AppTest.from_function(_topics, default_timeout=20).run().dataframe[0].value
    rules = dict(zip(table["name"], table["rule"], strict=True))
    assert rules.pop("Core values") == "Not worse, 0.20"
    assert not [rule for rule in rules.values() if isinstance(rule, str)]
