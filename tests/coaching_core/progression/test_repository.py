"""The dashboard's questions at their edges: whose rows count, from when to when, in which order."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from coaching_core.assessments.models import Assessment, Coachee, Focus
from coaching_core.assessments.service import AssessmentService
from coaching_core.errors import InvalidInputError
from coaching_core.progression.ema import Band, ProgressionSettings, ema
from coaching_core.progression.levels import Scope
from coaching_core.progression.models import BandMove
from coaching_core.progression.repository import select_levels
from coaching_core.progression.service import ProgressionService
from coaching_core.storage.database import Database
from tests.coaching_core.assessments.records import START, assessment, mistake, summary

DAY = timedelta(days=1)


@pytest.fixture
def store(database: Database) -> AssessmentService:
    return AssessmentService(database)


@pytest.fixture
def progression(database: Database) -> ProgressionService:
    return ProgressionService(database, clock=lambda: START + 60 * DAY)


def scored(number: int, score: float, at: datetime = START, **changes: Any) -> Assessment:
    return assessment(number, score=score, created_at=at, **changes)


def test_people_of_one_name_are_ordered_by_id(store: AssessmentService, progression: ProgressionService) -> None:
    for user_id, name in (("u3", "Amara"), ("u1", "Wei"), ("u2", "Amara")):
        store.add_coachee(Coachee.create(id=user_id, tenant_id="acme", name=name, created_at=START))
    store.add_coachee(Coachee.create(id="u4", tenant_id="other", name="Bo", created_at=START))
    store.record([scored(1, 5, user_id="u4"), scored(2, 5, tenant_id="other", user_id="u1")])

    people = progression.people("acme")
    assert [(one.name, one.user_id, one.assessments) for one in people] == [
        ("Amara", "u2", 0),
        ("Amara", "u3", 0),
        ("Wei", "u1", 0),
        ("u4", "u4", 1),
    ]
    assert [(one.name, one.user_id) for one in progression.people("other")] == [("Bo", "u4"), ("u1", "u1")]


def test_focuses_count_people_once_and_come_by_title(store: AssessmentService, progression: ProgressionService) -> None:
    for focus_id, title in (("f3", "Asking"), ("f1", "Talks"), ("f2", "Asking")):
        store.add_focus(Focus.create(id=focus_id, tenant_id="acme", title=title))
    store.add_focus(Focus.create(id="f9", tenant_id="other", title="Theirs"))
    store.record(
        [
            scored(1, 5),
            scored(2, 6),
            scored(3, 7, user_id="u2"),
            mistake(4, "k", user_id="u3"),
            scored(5, 5, focus_id="f9"),
            scored(6, 5, tenant_id="other"),
            assessment(7, focus_id=None),
        ]
    )

    assert [
        (one.focus_id, one.title, one.people, one.assessments, one.scores) for one in progression.focuses("acme")
    ] == [("f2", "Asking", 0, 0, 0), ("f3", "Asking", 0, 0, 0), ("f1", "Talks", 3, 4, 3), ("f9", "f9", 1, 1, 1)]


def test_a_history_is_one_persons_on_one_focus_oldest_first(
    store: AssessmentService, progression: ProgressionService
) -> None:
    store.record(
        [
            scored(4, 9, START + DAY),
            scored(3, 5),
            scored(2, 7, START - DAY, kind="multi_turn", interaction_ids=("i1", "i2")),
            scored(1, 3),
            scored(5, 1, user_id="u2"),
            scored(6, 1, focus_id="f2"),
            scored(7, 1, tenant_id="other"),
            assessment(8, score=None),
            summary(9, focus_id="f1", score=1),
            mistake(10, "k", score=1),
        ]
    )
    points = progression.history("acme", "u1", "f1").points

    assert [(one.score, one.assessment_id, str(one.kind)) for one in points] == [
        (7, "a-00002", "multi_turn"),
        (3, "a-00001", "interaction"),
        (5, "a-00003", "interaction"),
        (9, "a-00004", "interaction"),
    ]


def test_levels_come_by_user_and_focus(store: AssessmentService, database: Database) -> None:
    store.record(
        [
            scored(1, 5, user_id="u2", focus_id="f2"),
            scored(2, 6, user_id="u2", focus_id="f1"),
            scored(3, 7, user_id="u1", focus_id="f2"),
        ]
    )
    with database.analytic() as connection:
        found = select_levels(connection, Scope("acme"), ProgressionSettings())

    assert [(one.user_id, one.focus_id, one.ema) for one in found] == [
        ("u1", "f2", 7),
        ("u2", "f1", 6),
        ("u2", "f2", 5),
    ]


def test_both_ends_of_a_cohorts_period_are_included(store: AssessmentService, progression: ProgressionService) -> None:
    store.record([scored(1, 2, START), scored(2, 10, START + DAY)])
    second = timedelta(seconds=1)

    def moves(start: datetime, end: datetime) -> tuple[BandMove, ...]:
        return progression.cohort("acme", "f1", start, end).moves

    assert moves(START, START) == (BandMove(Band.NOVICE, Band.NOVICE, 1),)
    assert moves(START - second, START) == (BandMove(None, Band.NOVICE, 1),)
    assert moves(START, START + DAY - second) == (BandMove(Band.NOVICE, Band.NOVICE, 1),)
    assert moves(START, START + DAY) == (BandMove(Band.NOVICE, Band.DEVELOPING, 1),)
    assert moves(START - DAY, START - second) == ()
    with pytest.raises(InvalidInputError, match="end of the period lies before its start") as caught:
        moves(START, START - second)
    assert caught.value.field == "end"


def test_moves_are_ordered_from_low_to_high(store: AssessmentService, progression: ProgressionService) -> None:
    wanted = [(None, 1), (None, 9), (1, 1), (1, 5), (5, 1), (5, 9), (9, 5), (9, 9)]
    records, number = [], 0
    for place, (before, after) in enumerate(wanted):
        number += 2
        if before is not None:
            records.append(scored(number, before, START, user_id=f"u{place}"))
        records.append(scored(number + 1, after, START + DAY, user_id=f"u{place}"))
    store.record(records)
    live = ProgressionService(progression._database, ProgressionSettings(alpha=1))

    moves = live.cohort("acme", "f1", START, START + DAY).moves
    low = {1: Band.NOVICE, 5: Band.DEVELOPING, 9: Band.MASTERY, None: None}
    assert [(one.before, one.after) for one in moves] == [(low[before], low[after]) for before, after in wanted]
    assert {one.count for one in moves} == {1}


def test_a_what_if_names_everybody_and_counts_all_levels(
    store: AssessmentService, progression: ProgressionService
) -> None:
    store.add_coachee(Coachee.create(id="u2", tenant_id="acme", name="Amara", created_at=START))
    store.add_coachee(Coachee.create(id="u1", tenant_id="other", name="Stranger", created_at=START))
    store.record(
        [
            *(scored(number, 7.9, user_id="u1", focus_id=f"f{number}") for number in (2, 1)),
            scored(3, 7.9, user_id="u2"),
            scored(4, 5, user_id="u2", focus_id="f2"),
            scored(5, 7.9, user_id="u3", tenant_id="other"),
        ]
    )
    easier = ProgressionSettings(mastery=7.5)

    everywhere = progression.what_if("acme", None, easier)
    assert [(one.name, one.user_id, one.focus_id) for one in everywhere.changes] == [
        ("Amara", "u2", "f1"),
        ("u1", "u1", "f1"),
        ("u1", "u1", "f2"),
    ]
    assert {(one.ema_now, one.ema_then, one.band_now, one.band_then) for one in everywhere.changes} == {
        (7.9, 7.9, Band.DEVELOPING, Band.MASTERY)
    }
    assert (everywhere.total, everywhere.settings) == (4, easier)
    on_one = progression.what_if("acme", "f2", easier)
    assert ([one.user_id for one in on_one.changes], on_one.total) == (["u1"], 2)
    assert progression.what_if("nobody", None, easier).total == 0


def test_the_band_of_the_database_is_that_of_python(store: AssessmentService, progression: ProgressionService) -> None:
    edges = [3.999_999_9, 4, 7.999_999_9, 8, 4 - 5e-10, 8 - 5e-10]
    store.record([scored(number, score, user_id=f"u{number}") for number, score in enumerate(edges, start=1)])

    cohort = progression.cohort("acme", "f1", START - DAY, START)
    assert {str(one.after): one.count for one in cohort.moves} == {"novice": 1, "developing": 3, "mastery": 2}


def test_a_window_that_is_just_full_and_one_more(store: AssessmentService, progression: ProgressionService) -> None:
    values = [1.0, 9.0, 2.0, 8.0]
    store.record([scored(number, score, START + number * DAY) for number, score in enumerate(values)])
    for window in (3, 4, 5):
        settings = ProgressionSettings(alpha=0.5, window=window, developing=1.1, mastery=9.9)
        changes = ProgressionService(progression._database, settings).what_if(
            "acme", "f1", ProgressionSettings(alpha=0.5, window=window, developing=9.8, mastery=9.9)
        )
        assert changes.changes[0].ema_now == pytest.approx(ema(values, 0.5, window), abs=1e-12)


def test_mistakes_are_counted_within_their_period(store: AssessmentService, progression: ProgressionService) -> None:
    since, until = START, START + 10 * DAY
    second = timedelta(seconds=1)
    store.record(
        [
            mistake(1, "late", created_at=until),
            mistake(2, "inside", created_at=until - second),
            mistake(3, "inside", created_at=since),
            mistake(4, "inside", created_at=since - second),
            mistake(5, "inside", created_at=since - 10 * DAY),
            mistake(6, "inside", created_at=since - 10 * DAY - second),
            mistake(7, "before_only", created_at=since - DAY),
            mistake(8, "inside", created_at=since, focus_id="f2"),
        ]
    )

    (found,) = progression.top_errors("acme", "f1", since, until)
    assert (found.key, found.label, found.count, found.before) == ("inside", "Inside", 2, 2)
    (everywhere,) = progression.top_errors("acme", None, since, until)
    assert (everywhere.count, everywhere.before) == (3, 2)
    for end in (since, since - second):
        with pytest.raises(InvalidInputError, match="period ends before it starts") as caught:
            progression.top_errors("acme", "f1", since, end)
        assert caught.value.field == "until"


def test_the_most_frequent_mistakes_come_first_then_by_key(
    store: AssessmentService, progression: ProgressionService
) -> None:
    keys = [*"aaabbbcc", *(f"z{number:02}" for number in range(10))]
    store.record([mistake(number, key, created_at=START + 31 * DAY) for number, key in enumerate(keys, start=1)])

    found = progression.top_errors("acme", "f1", START + 30 * DAY)
    assert [one.key for one in found] == ["a", "b", "c", *(f"z{number:02}" for number in range(7))]
    assert [one.key for one in progression.top_errors("acme", "f1", START + 30 * DAY, limit=2)] == ["a", "b"]


def test_a_period_before_with_no_mistake_but_assessments_is_a_period(
    store: AssessmentService, progression: ProgressionService
) -> None:
    store.record([scored(1, 5, START - DAY), mistake(2, "k", created_at=START)])

    (found,) = progression.top_errors("acme", "f1", START, START + 2 * DAY)
    assert (found.before, found.change) == (0, 1)
    (elsewhere,) = progression.top_errors("acme", None, START, START + DAY / 2)
    assert (elsewhere.before, elsewhere.change) == (None, None)
