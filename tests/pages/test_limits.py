"""Limits & budgets, clicked: set up from a preset, changed, paused, withdrawn and put back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from coaching_core.clock import utc_now
from coaching_core.limits.models import Headroom, LimitDraft, StoredLimit
from coaching_core.llm.limits import Action, Each, Metric, Period
from evals.bootstrap import Workbench, build_workbench
from evals.current import set_running
from pages.view_models.limit_fields import Typed, actions_for, cap_text, draft_of
from pages.view_models.limits import explanation, facts_of, limit_rows, state_in_words, usage_bars
from tests.coaching_core.llm.holding import CENT, NOON, attempt, limit
from tests.conftest import make_settings

TEN_CENTS = LimitDraft(Metric.COST, Period.DAY, Decimal("0.10"), name="Ten cents")


def _screen() -> None:
    from evals.current import running
    from pages.admin.limits import render

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


def said(screen: AppTest) -> str:
    """All words on the screen."""
    texts = [html.body for html in screen.get("html")]
    texts += [one.value for one in (*screen.caption, *screen.markdown, *screen.error, *screen.warning, *screen.toast)]
    return " ".join(texts).replace("\\", "")


def fields_of(stored: StoredLimit) -> str:
    """What the keys of the fields of an opened limit begin with."""
    return f"limit_{stored.limit.id}_{stored.changed_at.timestamp()}"


def opened(screen: AppTest, stored: StoredLimit) -> AppTest:
    screen.query_params["limit"] = stored.limit.id
    return screen.run()


def test_an_empty_screen_offers_presets_and_one_is_set_up(screen: AppTest, workbench: Workbench) -> None:
    assert "No limits yet" in said(screen)
    screen.button(key="limit_offer_1").click().run()
    assert not screen.exception
    assert "Each user: 20 turns a minute" in said(screen)
    screen.text_input(key="limit_new_1_cap").set_value("12")
    screen.button(key="limit_add").click().run()
    assert not screen.exception
    (stored,) = workbench.core.limits.list()
    assert (stored.limit.name, stored.limit.cap, stored.limit.each) == (
        "Each user: 12 turns a minute",
        Decimal(12),
        Each.USER,
    )
    assert stored.author == "tester"


def test_a_limit_made_by_hand_says_what_is_wrong_with_it_and_is_not_set(screen: AppTest, workbench: Workbench) -> None:
    next(button for button in screen.button if button.label == "Add limit").click().run()
    screen.text_input(key="limit_new_0_cap").set_value("a lot")
    screen.button(key="limit_add").click().run()
    assert screen.session_state["limits_add_problem"] == "The cap is a number, such as 100 or 0.50."
    assert workbench.core.limits.list() == ()


def test_a_model_that_nobody_knows_is_doubted(screen: AppTest, workbench: Workbench) -> None:
    stored = workbench.core.limits.set(replace(TEN_CENTS, model="simulated/coach-stedy"), "olga")
    assert "Did you mean simulated/coach-steady?" in said(opened(screen, stored))


def test_the_list_shows_how_far_limits_are_used_and_when_they_start_anew(screen: AppTest, workbench: Workbench) -> None:
    service = workbench.core.limits
    full = service.set(replace(TEN_CENTS, name="Full", cap=CENT), "olga")
    service.set(replace(TEN_CENTS, name="Half", cap=2 * CENT), "olga")
    service.pause(service.set(replace(TEN_CENTS, name="Asleep"), "pete").limit.id, "pete")
    asyncio.run(workbench.core.ledger.reserve(attempt("a", created_at=utc_now())))
    screen.run()
    table = screen.dataframe[0].value
    assert list(table["name"]) == ["Full", "Half", "Asleep"]
    assert list(table["state"]) == ["✕ At its cap", "✓ Room left", "Paused"]
    assert list(table["used"]) == ["$0.01 of $0.01 a day", "$0.01 of $0.02 a day", "$0.10 a day"]
    assert "2 limits in force" in said(screen)
    assert "1 at the cap" in said(screen)
    words = said(opened(AppTest.from_function(_screen, default_timeout=20), full))
    assert "calls are refused with 429 until" in words
    assert "A call holds its worst case until it ends" in words
    assert "$0.01 of it held by calls under way" in words


def test_a_limit_is_changed_paused_and_resumed(screen: AppTest, workbench: Workbench) -> None:
    stored = workbench.core.limits.set(TEN_CENTS, "olga")
    opened(screen, stored)
    screen.text_input(key=f"{fields_of(stored)}_cap").set_value("$2.50")
    screen.button(key="limit_save").click().run()
    assert not screen.exception
    changed = workbench.core.limits.get(stored.limit.id)
    assert (changed.limit.cap, changed.author) == (Decimal("2.50"), "tester")
    screen.button(key="limit_pause").click().run()
    assert not workbench.core.limits.get(stored.limit.id).enabled
    assert "It is paused" in said(screen)
    screen.button(key="limit_pause").click().run()
    assert workbench.core.limits.get(stored.limit.id).enabled


def test_a_change_that_cannot_be_is_told_and_changes_nothing(screen: AppTest, workbench: Workbench) -> None:
    stored = workbench.core.limits.set(TEN_CENTS, "olga")
    opened(screen, stored)
    screen.text_input(key=f"{fields_of(stored)}_cap").set_value("-1")
    screen.button(key="limit_save").click().run()
    assert "The cap has to be above 0" in said(screen)
    assert workbench.core.limits.get(stored.limit.id) == stored


def test_a_withdrawn_limit_is_put_back(screen: AppTest, workbench: Workbench) -> None:
    stored = workbench.core.limits.set(TEN_CENTS, "olga")
    opened(screen, stored)
    screen.button(key="limit_withdraw").click().run()
    assert workbench.core.limits.list() == ()
    assert "The limit “Ten cents” is withdrawn." in said(screen)
    screen.button(key="limit_restore").click().run()
    assert [one.limit for one in workbench.core.limits.list()] == [stored.limit]
    assert "is withdrawn" not in said(screen)


def test_a_limit_that_somebody_else_withdrew_is_told(screen: AppTest, workbench: Workbench) -> None:
    stored = workbench.core.limits.set(TEN_CENTS, "olga")
    workbench.core.limits.set(replace(TEN_CENTS, name="Other"), "olga")
    opened(screen, stored)
    workbench.core.limits.withdraw(stored.limit.id, "olga")
    screen.button(key="limit_pause").click().run()
    assert not screen.exception
    assert "This limit is not there any more" in said(screen)


def test_names_of_limits_are_shown_as_text(screen: AppTest, workbench: Workbench) -> None:
    stored = workbench.core.limits.set(replace(TEN_CENTS, name="<img src=x onerror=1> **a**"), "olga")
    words = " ".join(html.body for html in opened(screen, stored).get("html"))
    assert "<img" not in words
    assert "\\*\\*a\\*\\*" in screen.subheader[0].value


ROOM = Headroom(limit(cap=Decimal(10)), "", Decimal(8), Decimal(1), NOON)


@pytest.mark.parametrize(
    ("action", "used", "words", "kind"),
    [
        (Action.REFUSE, "1", "✓ Room left", ""),
        (Action.REFUSE, "8", "! Near its cap", "warn"),
        (Action.REFUSE, "12", "✕ At its cap", "worse"),
        (Action.SWITCH, "8", "! Switching", "warn"),
        (Action.SWITCH, "10", "✕ At its cap", "worse"),
        (Action.ALARM, "8", "! Alarm", "warn"),
        (Action.ALARM, "12", "! Alarm", "warn"),
    ],
)
def test_states_have_a_word_and_a_sign(action: Action, used: str, words: str, kind: str) -> None:
    room = Headroom(limit(cap=Decimal(10), action=action), "", Decimal(used))
    assert state_in_words(room) == words
    assert usage_bars([room])[0].kind == kind


def test_a_bar_is_never_wider_than_its_track() -> None:
    (bar,) = usage_bars([replace(ROOM, used=Decimal(9), held=Decimal(4))])
    assert (bar.used_width, bar.used_width + bar.held_width) == (0.9, 1.0)
    assert bar.words == "$13.00 of $10.00, 130\u00a0%; $4.00 of it held by calls under way"


def test_of_many_subjects_the_fullest_is_in_the_list() -> None:
    one = limit(each=Each.USER, metric=Metric.TURNS, period=Period.MINUTE, cap=Decimal(10))
    rooms = [Headroom(one, user, Decimal(used)) for user, used in (("acme/ada", 3), ("acme/bob", 9))]
    stored = [StoredLimit(one, True, "olga", NOON)]
    (row,) = limit_rows(stored, rooms, None)
    assert (row.used, row.percent, row.counts) == ("9 of 10 turns a minute", 90, "Each user")
    assert [bar.subject for bar in usage_bars(rooms)] == ["acme/bob", "acme/ada"]
    assert facts_of(stored, rooms) == ["1 limit in force", "1 near the cap"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "At $0.10 a day, calls are refused with 429 until"),
        ({"action": Action.ALARM}, "Nothing is refused. From 80\u00a0% of $0.10 a day on"),
        ({"action": Action.SWITCH}, "calls that may fall back go to the next model of their task"),
        ({"metric": Metric.STREAMS, "period": Period.AT_ONCE, "cap": Decimal(4)}, "Beyond 4 streams at once"),
        ({"metric": Metric.TURNS, "each": Each.USER}, "Calls that are made for no user"),
    ],
)
def test_what_happens_at_the_cap_is_explained(changes: dict[str, object], words: str) -> None:
    assert words in " ".join(explanation(limit(**changes), NOON, None))


def test_the_end_of_the_period_is_told_in_the_viewer_s_zone_and_utc() -> None:
    from zoneinfo import ZoneInfo

    words = explanation(limit(period=Period.MONTH), NOON + timedelta(hours=1), ZoneInfo("Europe/Berlin"))[0]
    assert "until 1 Dec, 01:00 (00:00 UTC)" in words


@pytest.mark.parametrize("text", ["1,200.50", "$1200.50", "1 200.5", "1200.5"])
def test_a_cap_may_be_written_as_people_write_it(text: str) -> None:
    typed = Typed("", Metric.COST, Period.DAY, text, Action.REFUSE, 80, None, {"tenant_id": "acme"})
    assert draft_of(typed) == LimitDraft(Metric.COST, Period.DAY, Decimal("1200.5"), tenant_id="acme")
    assert cap_text(Decimal("1200.500000000000")) == "1200.5"
    assert cap_text(Decimal(100)) == "100"


def test_only_money_and_tokens_can_switch() -> None:
    assert [metric for metric in Metric if Action.SWITCH in actions_for(metric)] == [Metric.COST, Metric.TOKENS]
