"""The Health screen, clicked, and the words it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from coaching_core.clock import utc_now
from coaching_core.health.boards import BatchSizes, ChatSlot
from coaching_core.health.defaults import DEFAULT_RULES
from coaching_core.health.models import Alert, AlertState, EventKind, Measure, Stage, Unit
from coaching_core.llm.types import RunStatus
from evals.bootstrap import Workbench, build_workbench
from evals.current import set_running
from pages.view_models.health import (
    in_unit,
    limit_words,
    rule_rows,
    rule_words,
    since_words,
    span,
    standing,
    summary,
    value_words,
)
from pages.view_models.health_figures import batch_words, chat_figures
from pages.view_models.runbook import runbook_entries
from tests.coaching_core.health.calls import call, keep
from tests.conftest import make_settings

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MODEL = "openai/gpt-4o-mini"


def _screen() -> None:
    from evals.current import running
    from pages.insights.health import render

    workbench = running()
    assert workbench is not None
    render(workbench)


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    built = build_workbench(make_settings(tmp_path / "home"))
    set_running(built)
    yield built
    built.close()


def open_screen(**query: str) -> AppTest:
    screen = AppTest.from_function(_screen, default_timeout=30)
    for name, value in query.items():
        screen.query_params[name] = value
    screen.run()
    assert not screen.exception
    return screen


def text_of(screen: AppTest) -> str:
    shown = [*screen.caption, *screen.subheader, *screen.markdown, *screen.error]
    pieces = [each.value for each in shown]
    pieces += [each.proto.body for each in screen.get("html")]
    return " ".join(pieces).replace("\\", "")


def fire(workbench: Workbench) -> None:
    """Make ten time-outs in a row, and look."""
    late = {"status": RunStatus.TIMEOUT, "error": "ModelTimeoutError", "tenant_id": "local"}
    begun = utc_now() - timedelta(seconds=60)
    keep(workbench.core.database, *(call(number, created_at=begun, **late) for number in range(12)))
    assert workbench.core.health.evaluate()


def test_an_empty_workbench_says_what_would_be_here(workbench: Workbench) -> None:
    text = text_of(open_screen())
    assert "have not been looked at yet" in text
    assert "No chat in this period" in text
    workbench.core.health.evaluate()
    assert "Nothing is wrong." in text_of(open_screen())
    assert "No background work" in text_of(open_screen(view="background"))
    assert "No limits are set" in text_of(open_screen(view="costs"))
    assert "Nothing has happened yet" in text_of(open_screen(view="history"))


def test_chat_stands_beside_its_targets(workbench: Workbench) -> None:
    usual = {"tenant_id": "local", "created_at": utc_now() - timedelta(minutes=30)}
    keep(
        workbench.core.database, *(call(number, **usual) for number in range(20)), call(99, latency_ms=9_000.0, **usual)
    )
    text = text_of(open_screen(period="1h"))
    assert "✓ within 1.2 s" in text
    assert "Last hour: 95 % of turns took 1.00 s or less, within the target" in text
    assert "No chat" not in text


def test_an_alert_is_acknowledged_with_a_note(workbench: Workbench) -> None:
    fire(workbench)
    screen = open_screen()
    assert "1 alert is firing" in text_of(screen)
    assert f"A model timed out many times in a row: {MODEL}" in text_of(screen)
    assert "12 (" not in text_of(screen)
    assert "fires at least 10" in text_of(screen)
    screen.text_input[0].set_value("asked the vendor").run()
    screen.button[0].click().run()
    assert not screen.exception
    assert "tester looks after it" in text_of(screen)
    assert "“asked the vendor”" in text_of(screen)
    states = {alert.state.stage for alert in workbench.core.health.alerts()}
    assert Stage.ACKNOWLEDGED in states
    events, _ = workbench.core.health.history()
    assert events[0].kind is EventKind.ACKNOWLEDGED
    assert "Looked after" in open_screen(view="history").dataframe[0].value["what"].iloc[0]


def test_a_rule_is_changed_and_a_senseless_one_refused(workbench: Workbench) -> None:
    screen = open_screen(view="rules", rule="provider-errors")
    assert "above 3.0 % for 5 min" in text_of(screen)
    assert len(screen.dataframe[0].value) == len(DEFAULT_RULES)
    screen.number_input(key="provider-errors_threshold").set_value(7.5).run()
    screen.number_input(key="provider-errors_for").set_value(60).run()
    next(button for button in screen.button if button.label == "Save rule").click().run()
    assert not screen.exception
    changed = next(rule for rule in workbench.core.health.rules() if rule.id == "provider-errors")
    assert (changed.threshold, changed.for_seconds, changed.clear_threshold) == (0.075, 60, 0.015)
    screen.number_input(key="provider-errors_clear").set_value(50.0).run()
    next(button for button in screen.button if button.label == "Save rule").click().run()
    assert "cannot lie above where it begins" in text_of(screen)
    assert changed in workbench.core.health.rules()


def test_rules_without_data_and_rules_that_are_off_say_so(workbench: Workbench) -> None:
    workbench.core.health.evaluate()
    rows = open_screen(view="rules").dataframe[0].value.set_index("id")
    assert rows.loc["assessment-backlog", "state"] == "Off"
    assert "no assessment queue yet" in rows.loc["assessment-backlog", "note"]
    assert rows.loc["chat-turn-slow", "state"] == "— No data"


def test_the_webhook_is_tried(tmp_path: Path) -> None:
    built = build_workbench(
        make_settings(
            tmp_path / "home", alert_webhook_url="http://127.0.0.1:9/very/secret", alert_webhook_secret="s3cret"
        )
    )
    set_running(built)
    screen = open_screen(view="rules")
    assert "posted to 127.0.0.1, signed" in text_of(screen)
    next(button for button in screen.button if button.label == "Send test message").click().run()
    assert not screen.exception
    assert "very/secret" not in text_of(screen)
    assert built.core.health.deliveries()[0].attempts == 1
    built.close()


def test_the_demo_fills_the_boards(workbench: Workbench) -> None:
    workbench.core.demo.load(utc_now())
    for view in ("chat", "background", "costs"):
        screen = open_screen(view=view, period="7d", data="demo")
        assert "in this period" not in text_of(screen)
    workbench.core.demo.remove()


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (2.314, Unit.SECONDS, "2.31 s"),
        (0.03, Unit.SHARE, "3.0 %"),
        (0.999, Unit.SHARE, "99.90 %"),
        (1.0, Unit.SHARE, "100 %"),
        (12.5, Unit.USD, "$12.50"),
        (0.0021, Unit.USD, "$0.0021"),
        (10.0, Unit.COUNT, "10"),
        (None, Unit.COUNT, "—"),
    ],
)
def test_values_have_their_unit(value: float | None, unit: Unit, words: str) -> None:
    assert in_unit(value, unit) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(45, "45 s"), (60, "1 min"), (300, "5 min"), (10_800, "3 h"), (86_400, "1 day")]
)
def test_spans_are_written_in_their_largest_unit(seconds: int, words: str) -> None:
    assert span(seconds) == words


def test_a_rule_in_words() -> None:
    rule = next(rule for rule in DEFAULT_RULES if rule.measure is Measure.CHAT_TURN_P95)
    assert limit_words(rule) == "above 2.50 s for 5 min"
    assert rule_words(rule) == (
        "It fires above 2.50 s for 5 min, looking back over 5 min, with 20 observations or more. "
        "It ends when it is at most 2.00 s for 5 min."
    )


def _alert(stage: Stage, **changes: object) -> Alert:
    rule = next(rule for rule in DEFAULT_RULES if rule.id == "provider-errors")
    state = AlertState(rule.id, "m", stage, NOW - timedelta(minutes=9), value=0.5, evaluated_at=NOW)
    return Alert(rule, replace(state, **changes))  # type: ignore[arg-type]


def test_the_worst_comes_first_and_is_told_in_one_sentence() -> None:
    alerts = [_alert(Stage.OK), _alert(Stage.PENDING), _alert(Stage.FIRING), _alert(Stage.ACKNOWLEDGED)]
    assert [alert.state.stage for alert in standing(alerts)] == [Stage.FIRING, Stage.ACKNOWLEDGED, Stage.PENDING]
    assert summary(alerts, NOW) == "2 alerts are firing, 1 pending."
    assert summary(alerts[:2], NOW) == "Nothing is firing; 1 alert is pending."
    assert "The last look was 10 min ago." in summary(alerts, NOW + timedelta(minutes=10))
    assert rule_rows(alerts)[0].state == "▲ Firing"
    assert value_words(alerts[2]) == "50 %, fires above 3.0 % for 5 min"
    told = since_words(_alert(Stage.FIRING, no_data="No calls."), NOW, UTC)
    assert told == "since 20 Nov, 11:51 (9 min). No data now: No calls."


def test_figures_say_whether_the_target_is_kept() -> None:
    good, slow, failed, cancelled = chat_figures(ChatSlot(None, 100, 2, 10, 3, 1, ttft_p95=1_200.0, turn_p95=2_001.0))
    assert (good.kind, slow.kind, failed.kind, cancelled.kind) == ("up", "down", "down", "m")
    assert failed.value == "2.2 %"
    assert "3 retries, 1 time-out" in cancelled.words
    assert (
        batch_words(BatchSizes(3, 4.0, 6))
        == "3 groups of turns were assessed together, 4 turns in the middle, 6 at most."
    )


def test_every_rule_has_its_runbook() -> None:
    assert {rule.runbook for rule in DEFAULT_RULES} <= set(runbook_entries())
