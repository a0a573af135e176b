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


@pytest.mark.parametrize(("count", "fits"), [(-1, False), (0, False), (1, True), (1_000, True), (1_001, False)])
def test_how_many_may_be_asked_for(service: AssessmentService, count: int, fits: bool) -> None:
    service.record([assessment(number) for number in range(1, 4)])
    if fits:
        assert len(service.last("acme", "u1", "f1", count)) == min(count, 3)
        return
    with pytest.raises(InvalidInputError, match=f"Ask for 1 to 1000 assessments, not {count}.") as caught:
        service.last("acme", "u1", "f1", count)
    assert caught.value.field == "n"


def test_the_last_are_one_persons_on_one_focus(service: AssessmentService) -> None:
    service.record([assessment(1), assessment(2, user_id="u2"), assessment(3, focus_id="f2"), summary(4)])

    assert [one.id for one in service.last("acme", "u1", "f1", 9)] == ["a-00001"]


def test_of_two_summaries_of_one_moment_the_later_id_counts(service: AssessmentService) -> None:
    service.record([summary(2, created_at=START), summary(1, created_at=START)])
    service.record([summary(3, created_at=START - timedelta(hours=1)), assessment(9, kind="interaction")])

    found = service.latest_summary("acme", "s1")
    assert found is not None
    assert found.id == "a-00002"


def test_a_group_comes_oldest_first(service: AssessmentService) -> None:
    together = {"kind": "multi_turn", "interaction_ids": ("i1", "i2"), "group_id": "g1"}
    later = START + timedelta(days=1)
    service.record(
        [
            assessment(1, created_at=later, **together),
            assessment(3, created_at=START, **together),
            assessment(2, created_at=START, **together),
            assessment(4, group_id="g2"),
        ]
    )

    assert [one.id for one in service.by_group("acme", "g1")] == ["a-00002", "a-00003", "a-00001"]


def test_nothing_to_record_is_no_error(service: AssessmentService) -> None:
    service.record([])
    assert service.last("acme", "u1", "f1", 9) == ()


def test_what_comes_twice_or_again_is_named(service: AssessmentService) -> None:
    service.record([assessment(2)])
    with pytest.raises(ConflictError, match="“a-00002” has been recorded before"):
        service.record([assessment(1), assessment(2)])
    with pytest.raises(InvalidAssessmentError, match="“a-00005” comes twice") as caught:
        service.record([assessment(4), assessment(5), assessment(5, score=9)])
    assert caught.value.field == "id"


def test_records_of_several_tenants_are_kept_together(service: AssessmentService) -> None:
    service.record([assessment(1, tenant_id="b"), assessment(2, tenant_id="a"), assessment(3, tenant_id="b")])

    assert [one.id for one in service.last("b", "u1", "f1", 9)] == ["a-00003", "a-00001"]
    assert [one.id for one in service.last("a", "u1", "f1", 9)] == ["a-00002"]


def test_people_come_by_name_and_focuses_by_title_then_by_id(service: AssessmentService) -> None:
    for user_id, name in (("u3", "Wei"), ("u2", "Wei"), ("u4", "Aba")):
        service.add_coachee(Coachee.create(id=user_id, tenant_id="acme", name=name, created_at=START))
    for focus_id, title in (("g2", "Asking"), ("g1", "Asking")):
        service.add_focus(Focus.create(id=focus_id, tenant_id="acme", title=title, description="D."))

    assert [one.id for one in service.coachees("acme")] == ["u4", "u1", "u2", "u3"]
    assert [one.id for one in service.focuses("acme")] == ["g1", "g2", "f1", "f2", "f3", "f4", "f5"]
    assert service.focuses("acme")[0].description == "D."


def test_another_tenant_may_use_the_same_ids(service: AssessmentService) -> None:
    service.add_coachee(Coachee.create(id="u1", tenant_id="other", name="Theirs", created_at=START))
    service.add_focus(Focus.create(id="f1", tenant_id="other", title="Theirs"))
    service.set_user_focuses("acme", "u1", ["f1"])
    (theirs,) = service.set_user_focuses("other", "u1", ["f1"])

    assert [one.name for one in service.coachees("other")] == ["Theirs"]
    assert service.user_focuses("other", "u1") == (theirs,)
    service.set_user_focuses("other", "u1", [])
    assert [one.active for one in service.user_focuses("acme", "u1")] == [True]


def test_a_choice_of_a_focus_of_another_tenant_is_refused(service: AssessmentService) -> None:
    service.add_focus(Focus.create(id="theirs", tenant_id="other", title="Theirs"))
    with pytest.raises(NotFoundError, match="There is no focus “theirs”"):
        service.set_user_focuses("acme", "u1", ["theirs", "zzz"])


def test_times_of_a_chosen_focus(service: AssessmentService) -> None:
    first = service.set_user_focuses("acme", "u1", ["f1", "f2"])
    assert {(one.started_at, one.updated_at) for one in first} == {(START, START)}
    same = service.set_user_focuses("acme", "u1", ["f1", "f2"])
    assert same == first
    moved = service.set_user_focuses("acme", "u1", ["f2"])
    hour = timedelta(hours=1)
    assert [(one.focus_id, one.started_at, one.updated_at) for one in moved] == [("f2", START, START + 2 * hour)]
    dropped = service.user_focuses("acme", "u1")[1]
    assert (dropped.focus_id, dropped.active, dropped.started_at, dropped.updated_at) == (
        "f1",
        False,
        START,
        START + 2 * hour,
    )


def test_focuses_given_up_come_latest_first(service: AssessmentService) -> None:
    for chosen in (["f1", "f2"], ["f2"], ["f3"], ["f4", "f3"]):
        service.set_user_focuses("acme", "u1", chosen)

    assert _in_short(service.user_focuses("acme", "u1")) == [
        ("f4", 1, True),
        ("f3", 2, True),
        ("f2", 1, False),
        ("f1", 1, False),
    ]
    assert len({one.id for one in service.user_focuses("acme", "u1")}) == 4


def test_the_refusal_of_a_choice_names_its_field(service: AssessmentService) -> None:
    for chosen in (["f1", "f2", "f3", "f4"], ["f1", "f1"]):
        with pytest.raises(InvalidAssessmentError) as caught:
            service.set_user_focuses("acme", "u1", chosen)
        assert caught.value.field == "focus_ids"
    assert len(service.set_user_focuses("acme", "u1", ["f1", "f2", "f3"])) == 3
