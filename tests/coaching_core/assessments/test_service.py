"""Keeping coachees, focuses and assessments, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count

import pytest

from coaching_core.assessments.models import Coachee, Focus, Span, UserFocus
from coaching_core.assessments.service import AssessmentService
from coaching_core.errors import ConflictError, InvalidAssessmentError, InvalidInputError, NotFoundError
from coaching_core.storage.database import Database
from tests.coaching_core.assessments.records import START, assessment, mistake, summary


class Ticks:
    """A clock that moves on by an hour each time it is asked."""

    def __init__(self) -> None:
        self._hours: Iterator[int] = count()

    def __call__(self) -> datetime:
        return START + timedelta(hours=next(self._hours))


@pytest.fixture
def service(database: Database) -> AssessmentService:
    numbers = count(1)
    made = AssessmentService(database, clock=Ticks(), ids=lambda: f"uf-{next(numbers)}")
    made.add_coachee(Coachee.create(id="u1", tenant_id="acme", name="Amara O.", created_at=START))
    for number in range(1, 6):
        made.add_focus(Focus.create(id=f"f{number}", tenant_id="acme", title=f"Focus {number}"))
    return made


def test_everything_recorded_comes_back(service: AssessmentService) -> None:
    error = {"key": "closed_question", "message": "Only yes or no fits.", "severity": "high", "suggestion": "How …?"}
    full = assessment(
        category="error",
        score=None,
        errors=[error | {"span": {"start": 2, "end": 9}}],
        tags=("tone", "größe"),
        group_id="g1",
        rubric_version="v1",
    )
    service.record([full])

    assert service.last("acme", "u1", "f1", 5) == (full,)
    assert service.last("acme", "u1", "f1", 5)[0].errors[0].span == Span(start=2, end=9)


def test_the_last_n_come_newest_first_and_ties_by_id(service: AssessmentService) -> None:
    service.record([assessment(number) for number in range(1, 8)])
    service.record([assessment(8, created_at=START + timedelta(hours=7)), assessment(9, focus_id="f2")])

    assert [one.id for one in service.last("acme", "u1", "f1", 3)] == ["a-00008", "a-00007", "a-00006"]
    with pytest.raises(InvalidInputError):
        service.last("acme", "u1", "f1", 0)


def test_the_latest_summary_of_a_session(service: AssessmentService) -> None:
    service.record([summary(1), summary(2, explanation_text="Clear structure."), assessment(3)])
    service.record([summary(4, session_id="s2")])

    found = service.latest_summary("acme", "s1")

    assert found is not None
    assert found.explanation_text == "Clear structure."
    assert service.latest_summary("acme", "nowhere") is None


def test_a_group_comes_together(service: AssessmentService) -> None:
    together = {"kind": "multi_turn", "interaction_ids": ("i1", "i2"), "group_id": "g1"}
    service.record([assessment(1, **together), assessment(2, focus_id="f2", **together), assessment(3)])

    assert [one.focus_id for one in service.by_group("acme", "g1")] == ["f1", "f2"]


@pytest.mark.parametrize("groups", [(None, None), ("g1", None), ("g1", "g2")])
def test_one_evaluation_needs_one_group(service: AssessmentService, groups: tuple[str | None, str | None]) -> None:
    together = {"kind": "multi_turn", "interaction_ids": ("i1", "i2")}
    split = [assessment(number, group_id=group, **together) for number, group in enumerate(groups, start=1)]

    with pytest.raises(InvalidAssessmentError, match="same group_id"):
        service.record(split)

    assert service.last("acme", "u1", "f1", 5) == ()


def test_all_or_nothing(service: AssessmentService) -> None:
    service.record([assessment(2)])

    with pytest.raises(ConflictError, match="a-00002"):
        service.record([assessment(1), assessment(2), assessment(3)])
    with pytest.raises(InvalidAssessmentError, match="comes twice"):
        service.record([assessment(4), assessment(4)])

    assert [one.id for one in service.last("acme", "u1", "f1", 5)] == ["a-00002"]


def test_the_same_record_from_many_threads_is_kept_once(service: AssessmentService) -> None:
    def attempt(_: int) -> bool:
        try:
            service.record([mistake(1, "closed_question")])
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(8)))

    assert outcomes.count(True) == 1
    assert len(service.last("acme", "u1", "f1", 10)) == 1


def test_another_tenant_sees_nothing(service: AssessmentService) -> None:
    service.record([assessment(1, group_id="g1"), summary(2)])

    assert service.last("other", "u1", "f1", 5) == ()
    assert service.by_group("other", "g1") == ()
    assert service.latest_summary("other", "s1") is None
    assert service.coachees("other") == ()
    assert service.focuses("other") == ()
    service.record([assessment(1, tenant_id="other")])


def _in_short(focuses: tuple[UserFocus, ...]) -> list[tuple[str, int, bool]]:
    return [(focus.focus_id, focus.position, focus.active) for focus in focuses]


def test_focuses_are_chosen_ordered_and_given_up(service: AssessmentService) -> None:
    first = service.set_user_focuses("acme", "u1", ["f1", "f2", "f3"])
    second = service.set_user_focuses("acme", "u1", ["f3", "f1", "f4"])

    assert _in_short(first) == [("f1", 1, True), ("f2", 2, True), ("f3", 3, True)]
    assert _in_short(second) == [("f3", 1, True), ("f1", 2, True), ("f4", 3, True)]
    assert _in_short(service.user_focuses("acme", "u1"))[3:] == [("f2", 2, False)]
    assert second[0].started_at == first[2].started_at
    assert second[0].updated_at > first[2].updated_at
    assert second[0].id == first[2].id


def test_a_focus_taken_up_again_starts_anew(service: AssessmentService) -> None:
    first = service.set_user_focuses("acme", "u1", ["f1"])
    assert service.set_user_focuses("acme", "u1", []) == ()
    again = service.set_user_focuses("acme", "u1", ["f1"])

    assert again[0].id == first[0].id
    assert again[0].started_at > first[0].started_at


def test_a_bad_choice_changes_nothing(service: AssessmentService) -> None:
    before = service.set_user_focuses("acme", "u1", ["f1"])

    with pytest.raises(InvalidAssessmentError, match="At most 3"):
        service.set_user_focuses("acme", "u1", ["f1", "f2", "f3", "f4"])
    with pytest.raises(InvalidAssessmentError, match="named twice"):
        service.set_user_focuses("acme", "u1", ["f2", "f2"])
    with pytest.raises(NotFoundError, match="focus “nothing”"):
        service.set_user_focuses("acme", "u1", ["f2", "nothing"])
    with pytest.raises(NotFoundError, match="coachee “u9”"):
        service.set_user_focuses("acme", "u9", ["f1"])

    assert service.user_focuses("acme", "u1") == before


def test_names_are_added_once(service: AssessmentService) -> None:
    with pytest.raises(ConflictError, match="coachee “u1”"):
        service.add_coachee(Coachee.create(id="u1", tenant_id="acme", name="Somebody else", created_at=START))
    with pytest.raises(ConflictError, match="focus “f1”"):
        service.add_focus(Focus.create(id="f1", tenant_id="acme", title="Another"))

    assert [person.name for person in service.coachees("acme")] == ["Amara O."]
    assert [focus.title for focus in service.focuses("acme")] == [f"Focus {number}" for number in range(1, 6)]
