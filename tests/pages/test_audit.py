"""The Audit screen: what it shows, filters, pages and exports; and the words it has for every action."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from coaching_core.audit.models import Action, AuditEvent, AuditFilter, Subject
from coaching_core.audit.trail import Deed, record
from coaching_core.people import Person, Role
from coaching_core.prompts.gate import GateKind, GateRequirement
from evals.bootstrap import Workbench, build_workbench
from evals.current import set_running
from pages.view_models.audit import ACTION_WORDS, AuditChoice, action_words, audit_rows, details_words
from tests.conftest import PROJECT, make_settings

OLGA = Person("Olga", Role.ADMIN)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _screen() -> None:
    from evals.current import running
    from pages.admin.audit import render

    workbench = running()
    assert workbench is not None
    render(workbench)


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    without_topics = tmp_path / "datasets"
    shutil.copytree(PROJECT / "datasets", without_topics, ignore=shutil.ignore_patterns("topics", "golden"))
    built = build_workbench(make_settings(tmp_path / "home", datasets_dir=without_topics))
    set_running(built)
    yield built
    built.close()


def opened() -> AppTest:
    screen = AppTest.from_function(_screen, default_timeout=20).run()
    assert not screen.exception
    return screen


def write(workbench: Workbench, number: int, action: Action = Action.VERSION_SAVE, who: Person = OLGA) -> None:
    with workbench.core.database.unit_of_work() as work:
        for place in range(number):
            at = NOON + timedelta(minutes=place)
            facts = {"version": place + 1, "base": place} if place else {"version": 1}
            record(work, Deed(who, at, action, Subject("topic", f"topic_{place % 3}"), facts))


def said(screen: AppTest) -> str:
    return " ".join([*(html.body for html in screen.get("html")), *(one.value for one in screen.caption)])


def test_an_empty_log_says_what_will_be_here(workbench: Workbench) -> None:
    screen = opened()
    assert "Nothing was changed yet" in said(screen)
    assert not screen.dataframe


def test_the_newest_line_stands_first(workbench: Workbench) -> None:
    write(workbench, 3)
    row = opened().dataframe[0].value.iloc[0]
    assert (row["what"], row["subject"], row["details"]) == ("Version saved", "topic_2", "v3 made on v2")
    assert (row["who"], row["role"]) == ("Olga", "admin")


def test_a_chosen_line_is_shown_whole(workbench: Workbench) -> None:
    reason = "Because *so many* words " * 15
    with workbench.core.database.unit_of_work() as work:
        record(work, Deed(OLGA, NOON, Action.GATE_OVERRIDE, Subject("topic", "goals"), {"version": 2}, reason))
    screen = AppTest.from_function(_screen, default_timeout=20)
    screen.query_params["event"] = workbench.core.audit.page().events[0].id
    screen.run()
    assert "goals" in screen.subheader[0].value
    assert reason.strip().replace("*", r"\*") in screen.markdown[-1].value


def test_a_long_log_is_paged_in_the_store(workbench: Workbench) -> None:
    write(workbench, 120)
    screen = opened()
    assert len(screen.dataframe[0].value) == 50
    assert "1 to 50 of 120 changes, newest first" in said(screen)
    screen.get("pagination")[0].set_value(3).run()
    assert len(screen.dataframe[0].value) == 20
    assert "101 to 120 of 120 changes" in said(screen)


def test_filters_narrow_and_are_cleared_with_one_click(workbench: Workbench) -> None:
    write(workbench, 3)
    write(workbench, 1, Action.GATE_OVERRIDE, Person("Ada"))
    screen = opened()
    screen.selectbox(key="audit_action").select("gate.override").run()
    assert list(screen.dataframe[0].value["what"]) == ["Published past the rule"]
    screen.selectbox(key="audit_who").select("Olga").run()
    assert "No change fits" in said(screen)
    next(button for button in screen.button if button.label == "Clear filters").click().run()
    assert len(screen.dataframe[0].value) == 4
    screen.text_input(key="audit_subject").set_value("IC_1").run()
    assert list(screen.dataframe[0].value["subject"]) == ["topic_1"]


def test_days_are_the_viewers_and_both_count(workbench: Workbench) -> None:
    write(workbench, 1)
    screen = opened()
    screen.date_input(key="audit_first").set_value(date(2026, 11, 20)).run()
    screen.date_input(key="audit_last").set_value(date(2026, 11, 20)).run()
    assert len(screen.dataframe[0].value) == 1
    screen.date_input(key="audit_first").set_value(date(2026, 11, 21)).run()
    assert "No change fits" in said(screen)
    choice = AuditChoice(first=date(2026, 3, 29), last=date(2026, 3, 29))
    wanted = choice.wanted(ZoneInfo("Europe/Zurich"))
    assert wanted.since == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert wanted.until == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_what_admins_do_elsewhere_arrives_here(workbench: Workbench) -> None:
    assert workbench.core.audit.page(AuditFilter()).total == 0
    workbench.core.models.add_model("openai/gpt-4o-mini", "Mini", OLGA)
    assert list(opened().dataframe[0].value["what"]) == ["Model added"]


def test_every_action_has_words() -> None:
    assert set(ACTION_WORDS) == set(Action)
    assert len(set(ACTION_WORDS.values())) == len(Action)
    assert action_words("future.deed") == "future.deed"


RULE = {"kind": "not_worse", "margin": 0.2, "least_items": 30}


@pytest.mark.parametrize(
    ("action", "details", "words"),
    [
        (Action.VERSION_PUBLISH, {"version": 3, "before": 2}, "v3 in place of v2"),
        (Action.VERSION_PUBLISH, {"version": 1, "before": None}, "v1"),
        (
            Action.VERSION_PUBLISH,
            {
                **{"version": 2, "before": 1, "rule": RULE, "status": "met", "run_id": "20261120-aa"},
                **{"mean": 0.24, "low": 0.06, "high": 0.42, "items": 50},
            },
            "v2 in place of v1; not worse by more than 0.20 at 95 %, 30+ items: met, "
            "+0.24 [+0.06, +0.42] on 50 items (run 20261120-aa)",
        ),
        (
            Action.VERSION_ROLL_BACK,
            {"version": 5, "content_of": 2, "before": 4},
            "v5 with the content of v2 in place of v4",
        ),
        (
            Action.GATE_SET,
            {"rule": RULE, "before": {"kind": "none"}},
            "not worse by more than 0.20 at 95 %, 30+ items; before: no rule",
        ),
        (
            Action.GATE_OVERRIDE,
            {"version": 2, "before": 1, "rule": RULE, "status": "no_evidence", "run_id": None},
            "v2 in place of v1; not worse by more than 0.20 at 95 %, 30+ items: no evidence",
        ),
        (
            Action.GATE_OVERRIDE,
            {"version": 2, "before": 1, "rule": RULE, "status": "not_met", "run_id": "r7"}
            | {"mean": -0.3, "low": -0.5, "high": -0.1, "items": 96},
            "v2 in place of v1; not worse by more than 0.20 at 95 %, 30+ items: not met, "
            "−0.30 [−0.50, −0.10] on 96 items (run r7)",
        ),
        (Action.TOPIC_UPDATE, {"fields": ["name", "category"]}, "fields name, category"),
        (Action.LIMIT_SET, {"cap": "10", "enabled": True}, "cap 10, enabled yes"),
        (Action.TOPIC_ACTIVATE, {}, ""),
    ],
)
def test_details_in_words(action: Action, details: dict[str, object], words: str) -> None:
    event = AuditEvent("1", NOON, "Olga", Role.ADMIN, action, Subject("topic", "goals"), details)  # type: ignore[arg-type]
    assert details_words(event) == words
    assert audit_rows([event], UTC)[0].details == words


def test_a_rule_set_in_the_service_is_told_in_words(tmp_path: Path) -> None:
    built = build_workbench(make_settings(tmp_path / "home"))
    try:
        built.core.prompts.rules.set("goals", GateRequirement(GateKind.BETTER, 0.2, 30), OLGA)
        (event,) = built.core.audit.page(AuditFilter(action="gate.set")).events
        assert details_words(event) == "better at 95 %, 30+ items; before: no rule"
    finally:
        built.close()
