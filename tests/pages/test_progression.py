"""The Progression screen, clicked, and the words and rows it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from coaching_core.assessments.models import Assessment, AssessmentKind, Coachee, Focus
from coaching_core.clock import utc_now
from coaching_core.progression.ema import Band, ProgressionSettings, ema_series, next_band
from coaching_core.progression.ema import band as band_of
from coaching_core.progression.models import (
    BandMove,
    Cohort,
    History,
    LevelChange,
    Person,
    ProgressPoint,
    WhatIf,
)
from evals.bootstrap import Workbench, build_workbench
from evals.current import set_running
from pages.insights.progression_charts import moves_figure
from pages.view_models.progression import (
    band_word,
    cohort_finding,
    cohort_words,
    effect,
    hover_text,
    level_words,
    scores_csv,
    settings_words,
)
from pages.view_models.progression_choice import choose_person, person_labels, read_period
from tests.conftest import make_settings

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LIVE = ProgressionSettings()


def _screen() -> None:
    from evals.current import running
    from pages.insights.progression import render

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
def team(workbench: Workbench) -> Workbench:
    """Ana improves on listening, Bo falls back, Cy has no score at all."""
    service = workbench.core.assessments
    for focus_id, title in (("listening", "Listening"), ("refusing", "Saying no")):
        service.add_focus(Focus(id=focus_id, tenant_id="local", title=title))
    for user_id, name in (("ana", "Ana A."), ("bo", "Bo B."), ("cy", "Cy C.")):
        service.add_coachee(Coachee(id=user_id, tenant_id="local", name=name, created_at=utc_now()))
    scores = [("ana", score) for score in (2, 3, 6, 7, 8)] + [("bo", score) for score in (8, 3, 7)]
    service.record([_assessment(number, user, score) for number, (user, score) in enumerate(scores)])
    return workbench


def _assessment(number: int, user_id: str, score: int) -> Assessment:
    return Assessment.create(
        id=f"a{number}",
        tenant_id="local",
        user_id=user_id,
        session_id="s1",
        interaction_ids=[f"i{number}"],
        focus_id="listening",
        kind="interaction",
        category="progress",
        score=score,
        explanation_text=f"=Heard {score} <b>of ten</b>",
        errors=[],
        tags=[],
        rubric_version="r 1",
        created_at=utc_now() - timedelta(days=40 - number),
    )


def open_screen(**query: str) -> AppTest:
    screen = AppTest.from_function(_screen, default_timeout=30)
    for name, value in query.items():
        screen.query_params[name] = value
    return screen.run()


def headings(screen: AppTest) -> list[str]:
    return [each.value for each in screen.subheader]


def html(screen: AppTest) -> str:
    return " ".join(str(each.proto.body) for each in screen.get("html"))


def test_nothing_yet_offers_the_demo(workbench: Workbench) -> None:
    screen = open_screen()
    assert not screen.exception
    assert "No assessments yet" in html(screen)
    assert [button.label for button in screen.button] == ["Open playground", "Load the demo data"]


def test_the_finding_and_the_scores_behind_it(team: Workbench) -> None:
    screen = open_screen()
    assert not screen.exception
    assert screen.selectbox(key="progression_person").value == "ana"
    assert headings(screen)[0] == "Level 5.5: developing, 2.5 below mastery"
    table = screen.dataframe[0].value
    assert table["score"].tolist() == [8, 7, 6, 3, 2]
    assert table["ema"].iloc[-1] == 2


def test_another_person_and_focus_stand_in_the_address(team: Workbench) -> None:
    screen = open_screen()
    screen.selectbox(key="progression_person").select("bo").run()
    assert screen.query_params["person"] == "bo"
    assert headings(screen)[0].startswith("Level 6.7: developing")
    screen.selectbox(key="progression_focus").select("refusing").run()
    assert screen.query_params["focus"] == "refusing"
    assert headings(screen)[0] == "Level —: no scores yet"
    captions = " ".join(each.value for each in screen.caption).replace("\\", "")
    assert "Band: —. Bo B. has no score on Saying no yet" in captions


def test_a_person_without_any_score(team: Workbench) -> None:
    screen = open_screen(person="cy", focus="listening")
    assert not screen.exception
    assert headings(screen)[0] == "Level —: no scores yet"


def test_what_if_and_back(team: Workbench) -> None:
    screen = open_screen()
    assert "These are the live settings." in html(screen)
    screen.slider[0].set_value(0.9).run()
    assert "Nobody would change level." in html(screen)
    assert "α from 0.30 to 0.90" in html(screen)
    screen.slider[2].set_value((6.0, 8.0)).run()
    assert "people would change level" in html(screen) or "Nobody" in html(screen)
    screen.slider[0].set_value(0.3).run()
    assert "1 of 2 people would change level" in html(screen)
    listing = next(button for button in screen.button if button.label.startswith("List the"))
    assert listing.label == "List the 1 person"
    next(button for button in screen.button if button.label == "Reset what-if").click().run()
    assert "These are the live settings." in html(screen)
    assert [slider.value for slider in screen.slider] == [0.3, 20, (4.0, 8.0)]


def test_thresholds_on_top_of_each_other_are_refused_in_words(team: Workbench) -> None:
    screen = open_screen()
    screen.slider[2].set_value((5.0, 5.0)).run()
    assert "must be below" in screen.error[0].value
    assert headings(screen)[0].startswith("Level 5.5")
    next(button for button in screen.button if button.label == "Reset what-if").click().run()
    assert not screen.error


def test_a_link_to_somebody_who_is_not_there(team: Workbench) -> None:
    screen = open_screen(person="nobody")
    assert "is shown instead" in screen.warning[0].value
    assert screen.query_params["person"] == "ana"


def test_a_range_without_scores_says_when_the_last_one_was(team: Workbench) -> None:
    screen = open_screen(range="30")
    assert "No scores in this period" in html(screen)
    screen.selectbox(key="progression_range").select(60).run()
    assert "No scores in this period" not in html(screen)


def history(*scores: float) -> History:
    averages = ema_series(scores)
    points = tuple(
        ProgressPoint(NOW + timedelta(days=place), one, average, "text", f"a{place}", AssessmentKind.INTERACTION)
        for place, (one, average) in enumerate(zip(scores, averages, strict=True))
    )
    if not averages:
        return History((), LIVE, None, None, None, None)
    above = next_band(averages[-1], LIVE)
    return History(points, LIVE, averages[-1], band_of(averages[-1], LIVE), *(above or (None, None)))


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (7.2, "Level 7.2: developing, 0.8 below mastery"),
        (6.65, "Level 6.7: developing, 1.3 below mastery"),
        (3.9, "Level 3.9: novice, 0.1 below developing"),
        (7.96, "Level 7.96: developing, 0.04 below mastery"),
        (7.9999, "Level 8.00: developing, just below mastery"),
        (8.0, "Level 8.0: mastery"),
    ],
)
def test_the_level_in_words(score: float, words: str) -> None:
    assert level_words(history(score)) == words


def test_no_score_is_a_dash() -> None:
    assert level_words(history()) == "Level —: no scores yet"
    assert band_word(history()) == "—"
    assert band_word(history(9)) == "Mastery"


def test_hover_and_csv_take_nothing_for_markup_or_formulas() -> None:
    point = ProgressPoint(NOW, 7, 7, "=1+1 <b>bold</b> " + "word " * 200, "a1", AssessmentKind.INTERACTION)
    shown = hover_text(point, UTC)
    assert "&lt;b&gt;" in shown
    assert shown.startswith("<b>20 Nov, 12:00: 7</b>")
    assert len(shown) < 500
    assert ",'=1+1 <b>" in scores_csv([point]).decode()


def cohort(*moves: tuple[Band | None, Band, int]) -> Cohort:
    return Cohort(NOW - timedelta(days=30), NOW, tuple(BandMove(*move) for move in moves))


def test_movement_in_words() -> None:
    found = cohort((None, Band.NOVICE, 2), (Band.NOVICE, Band.DEVELOPING, 5), (Band.MASTERY, Band.DEVELOPING, 1))
    assert cohort_words(found) == "5 moved up, 1 moved down, 0 stayed, 2 got a first score."
    assert cohort_finding(found) == "5 moved up, 1 down"
    assert cohort_finding(cohort((Band.NOVICE, Band.NOVICE, 3))) == "Nobody moved between bands"
    assert cohort_words(cohort((None, Band.NOVICE, 3))) == "3 people got a first score."


def test_the_flow_keeps_the_order_of_the_bands() -> None:
    found = cohort((None, Band.NOVICE, 2), (Band.NOVICE, Band.MASTERY, 50), (Band.MASTERY, Band.DEVELOPING, 1))
    flow = moves_figure(found).data[0]
    assert list(flow.node.label) == [
        "No score yet  2",
        "Novice  50",
        "Mastery  1",
        "Novice  2",
        "Developing  1",
        "Mastery  50",
    ]
    assert list(flow.node.y[:3]) == sorted(flow.node.y[:3])
    assert sum(flow.link.value) == 53


def test_what_if_in_words() -> None:
    change = LevelChange("u", "Ana", "f", 3.9, 4.1, Band.NOVICE, Band.DEVELOPING)
    other = replace(LIVE, alpha=0.5, window=10, mastery=8.5)
    found = effect(WhatIf(other, (change,), 142), LIVE)
    assert (found.finding, found.up, found.down) == ("1 of 142 people would change level", 1, 0)
    assert found.settings == "α from 0.30 to 0.50, N from 20 to 10, mastery from 8.0 to 8.5"
    assert effect(WhatIf(other, (), 142), LIVE).finding == "Nobody would change level."
    assert settings_words(LIVE, LIVE) == ""


def test_people_of_the_same_name_are_told_apart() -> None:
    people = [Person("u1", "Ana", 1, 1, None), Person("u2", "Ana", 0, 0, None), Person("u3", "Bo", 9, 5, None)]
    assert person_labels(people) == {"u1": "Ana (u1)", "u2": "Ana (u2)", "u3": "Bo"}
    assert choose_person(people, None) == (people[2], "")
    assert choose_person(people, "u1") == (people[0], "")


def test_a_period_ends_now_at_the_latest() -> None:
    period = read_period({}, TODAY)
    assert (period.first, period.last) == (date(2026, 9, 22), TODAY)
    assert period.end(UTC, NOW) == NOW
    assert read_period({"range": "custom", "from": "2026-10-09", "to": "2026-10-01"}, TODAY) == period
    custom = read_period({"range": "custom", "from": "2026-10-01", "to": "2026-10-09"}, TODAY)
    assert custom.words() == "1 Oct to 9 Oct 2026"
    assert custom.end(UTC, NOW) == datetime(2026, 10, 10, tzinfo=UTC)
