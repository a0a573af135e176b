"""The progression dashboard's questions, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from coaching_core.assessments.models import Assessment, Coachee, Focus
from coaching_core.assessments.service import AssessmentService
from coaching_core.errors import InvalidInputError
from coaching_core.progression.ema import Band, ProgressionSettings, ema
from coaching_core.progression.models import BandMove
from coaching_core.progression.service import ProgressionService
from coaching_core.storage.database import Database
from tests.coaching_core.assessments.records import START, assessment, mistake, summary

LATER = START + timedelta(days=60)


@pytest.fixture
def store(database: Database) -> AssessmentService:
    made = AssessmentService(database)
    for user_id, name in (("u1", "Ngozi A."), ("u2", "Bjørn S."), ("u3", "Wei L.")):
        made.add_coachee(Coachee.create(id=user_id, tenant_id="acme", name=name, created_at=START))
    made.add_focus(Focus.create(id="f1", tenant_id="acme", title="Listening", description="To the end."))
    made.add_focus(Focus.create(id="f2", tenant_id="acme", title="Delegating"))
    return made


@pytest.fixture
def progression(database: Database, store: AssessmentService) -> ProgressionService:
    return ProgressionService(database, clock=lambda: LATER)


class Numbered:
    """Makes assessments with ever new ids."""

    def __init__(self) -> None:
        self._number = 0

    def scores(self, user_id: str, at: datetime, *values: float, focus_id: str = "f1") -> list[Assessment]:
        made = []
        for place, value in enumerate(values):
            self._number += 1
            moment = at + timedelta(minutes=place)
            changes: dict[str, Any] = {"user_id": user_id, "focus_id": focus_id, "created_at": moment}
            made.append(assessment(self._number, score=value, **changes))
        return made

    def mistakes(self, at: datetime, *keys: str, **changes: Any) -> Assessment:
        self._number += 1
        return mistake(self._number, *keys, created_at=at, **changes)


def test_people_and_focuses_come_with_their_counts(store: AssessmentService, progression: ProgressionService) -> None:
    made = Numbered()
    store.record(
        [
            *made.scores("u1", START, 4, 5),
            *made.scores("u2", START, 6, focus_id="f2"),
            *made.scores("u7", START, 3, focus_id="f9"),
            made.mistakes(LATER, "closed_question", user_id="u1"),
            summary(90, user_id="u1"),
        ]
    )

    people = {person.user_id: person for person in progression.people("acme")}
    focuses = {focus.focus_id: focus for focus in progression.focuses("acme")}

    assert [person.name for person in progression.people("acme")] == ["Bjørn S.", "Ngozi A.", "Wei L.", "u7"]
    assert (people["u1"].assessments, people["u1"].scores, people["u1"].last_at) == (4, 2, LATER)
    assert (people["u3"].assessments, people["u3"].last_at) == (0, None)
    assert [(one.title, one.people, one.assessments, one.scores) for one in progression.focuses("acme")] == [
        ("Delegating", 1, 1, 1),
        ("Listening", 1, 3, 2),
        ("f9", 1, 1, 1),
    ]
    assert focuses["f1"].description == "To the end."
    assert progression.people("other") == ()


def test_a_history_shows_the_average_after_each_score(
    store: AssessmentService, progression: ProgressionService
) -> None:
    values = [2, 4, 5, 7, 8, 9, 8, 9, 9, 10]
    store.record([*Numbered().scores("u1", START, *values), summary(90, score=1), mistake(91, "closed_question")])

    history = progression.history("acme", "u1", "f1")

    assert [point.score for point in history.points] == values
    assert [point.ema for point in history.points] == [ema(values[:end]) for end in range(1, 11)]
    assert history.points[0].explanation_text == "Asked one clear question."
    assert (history.points[0].assessment_id, history.points[0].at) == ("a-00001", START)
    assert history.ema == pytest.approx(8.608317, abs=5e-7)
    assert (history.band, history.next_band, history.distance) == (Band.MASTERY, None, None)


def test_a_history_tells_the_way_to_the_next_band_also_under_other_settings(
    store: AssessmentService, progression: ProgressionService
) -> None:
    store.record(Numbered().scores("u1", START, 2, 9, 10, 10))

    live = progression.history("acme", "u1", "f1")
    other = progression.history("acme", "u1", "f1", ProgressionSettings(alpha=1, mastery=9.5))

    assert (live.band, live.next_band, live.distance) == (Band.DEVELOPING, Band.MASTERY, pytest.approx(0.891))
    assert (other.ema, other.band) == (10, Band.MASTERY)
    further = progression.history("acme", "u1", "f1", ProgressionSettings(developing=7.5, mastery=9))
    assert (further.band, further.next_band, further.distance) == (Band.NOVICE, Band.DEVELOPING, pytest.approx(0.391))


def test_an_empty_history_has_no_level(progression: ProgressionService) -> None:
    history = progression.history("acme", "u1", "f1")

    assert history.points == ()
    assert (history.ema, history.band, history.next_band, history.distance) == (None, None, None, None)


def test_a_cohort_moves_between_bands(store: AssessmentService, progression: ProgressionService) -> None:
    made = Numbered()
    store.record(
        [
            *made.scores("u1", START, 2),
            *made.scores("u1", LATER, 10, 10, 10, 10, 10, 10, 10, 10),
            *made.scores("u2", START, 9),
            *made.scores("u2", LATER, 1, 1),
            *made.scores("u3", START, 4, 4, 4),
            *made.scores("u4", LATER, 8, 8, 8, 8, 8),
            *made.scores("u1", START, 5, focus_id="f2"),
        ]
    )

    cohort = progression.cohort("acme", "f1", START + timedelta(days=1), LATER + timedelta(days=1))

    assert cohort.moves == (
        BandMove(None, Band.MASTERY, 1),
        BandMove(Band.NOVICE, Band.MASTERY, 1),
        BandMove(Band.DEVELOPING, Band.DEVELOPING, 1),
        BandMove(Band.MASTERY, Band.DEVELOPING, 1),
    )
    assert (cohort.up, cohort.down, cohort.stayed, cohort.joined) == (1, 1, 1, 1)
    assert [cohort.before(level) for level in Band] == [1, 1, 1]
    assert [cohort.after(level) for level in Band] == [0, 2, 2]
    assert cohort.count(Band.NOVICE, Band.MASTERY) == 1
    everywhere = progression.cohort("acme", None, START + timedelta(days=1), LATER + timedelta(days=1))
    assert everywhere.count(Band.DEVELOPING, Band.DEVELOPING) == 2
    assert progression.cohort("other", None, START, LATER).moves == ()
    with pytest.raises(InvalidInputError):
        progression.cohort("acme", "f1", LATER, START)


def test_what_other_settings_would_change(store: AssessmentService, progression: ProgressionService) -> None:
    made = Numbered()
    store.record(
        [
            *made.scores("u1", START, 2, 9, 10, 10),
            *made.scores("u2", START, 9, 9, 9, 3),
            *made.scores("u3", START, 5, 5, 5),
            *made.scores("u4", START, 4, 4, 4, focus_id="f2"),
            assessment(99, tenant_id="other", user_id="u5", score=9),
        ]
    )
    newest_only = ProgressionSettings(alpha=1)

    outcome = progression.what_if("acme", "f1", newest_only)

    assert outcome.total == 3
    assert (outcome.up, outcome.down) == (1, 1)
    assert [(one.name, one.band_now, one.band_then) for one in outcome.changes] == [
        ("Bjørn S.", Band.DEVELOPING, Band.NOVICE),
        ("Ngozi A.", Band.DEVELOPING, Band.MASTERY),
    ]
    assert outcome.changes[1].ema_now == pytest.approx(7.109)
    assert outcome.changes[1].ema_then == pytest.approx(10)
    assert progression.what_if("acme", None, newest_only).total == 4
    assert progression.what_if("acme", "f1", ProgressionSettings()).changes == ()
    lower = progression.what_if("acme", None, ProgressionSettings(window=2, developing=4.5, mastery=7))
    assert {one.user_id for one in lower.changes} == {"u1", "u2", "u4"}


def test_top_errors_with_the_change_from_the_period_before(
    store: AssessmentService, progression: ProgressionService
) -> None:
    made = Numbered()
    recent, earlier = LATER - timedelta(days=5), LATER - timedelta(days=40)
    store.record(
        [
            made.mistakes(recent, "closed_question", "leading_question"),
            made.mistakes(recent, "closed_question", "closed_question"),
            made.mistakes(recent, "advice_before_asking", focus_id="f2"),
            made.mistakes(earlier, "leading_question", "leading_question", "gone_now"),
            made.mistakes(earlier - timedelta(days=30), "leading_question"),
            made.mistakes(LATER, "leading_question"),
            made.mistakes(recent, "closed_question", kind="session_summary", interaction_ids=()),
            made.mistakes(recent, "closed_question", tenant_id="other"),
        ]
    )
    since = LATER - timedelta(days=30)

    found = progression.top_errors("acme", "f1", since)

    assert [(one.label, one.count, one.before, one.change) for one in found] == [
        ("Closed question", 3, 0, 3),
        ("Leading question", 1, 2, -1),
    ]
    assert found[0].example == "This is closed_question."
    assert [one.key for one in progression.top_errors("acme", None, since)][1:] == [
        "advice_before_asking",
        "leading_question",
    ]
    assert len(progression.top_errors("acme", None, since, limit=1)) == 1
    with pytest.raises(InvalidInputError):
        progression.top_errors("acme", None, LATER)


def test_without_a_period_before_there_is_no_change(store: AssessmentService, progression: ProgressionService) -> None:
    store.record([Numbered().mistakes(LATER - timedelta(days=1), "closed_question")])

    (found,) = progression.top_errors("acme", "f1", LATER - timedelta(days=30))

    assert (found.count, found.before, found.change) == (1, None, None)
