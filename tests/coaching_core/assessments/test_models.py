"""The validation rules of seed 004, sections 1, 2 and 4."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from coaching_core.assessments.models import (
    MOST_ACTIVE_FOCUSES,
    Assessment,
    AssessmentCategory,
    AssessmentKind,
    Coachee,
    Focus,
    Span,
    UserFocus,
    UserSession,
    check_groups,
)
from coaching_core.assessments.tables import assessments as assessments_table
from coaching_core.errors import InvalidAssessmentError
from tests.coaching_core.assessments.records import START, assessment, fields


def test_the_examples_of_the_seed_are_accepted() -> None:
    single = assessment(
        category="error",
        score=None,
        errors=[{"key": "past_tense", "message": "Use 'went'.", "severity": "low", "suggestion": "I went..."}],
    )
    several = assessment(kind="multi_turn", interaction_ids=("i8", "i9", "i10"), score=7, group_id="grp_1")
    whole = assessment(kind="session_summary", interaction_ids=(), focus_id=None, score=7)

    assert single.errors[0].suggestion == "I went..."
    assert (several.kind, several.category) == (AssessmentKind.MULTI_TURN, AssessmentCategory.PROGRESS)
    assert whole.focus_id is None


@given(
    kind=st.sampled_from(list(AssessmentKind)),
    ids=st.lists(st.sampled_from(["i1", "i2", "i3", "i4"]), unique=True),
)
def test_the_kind_says_how_many_interactions(kind: AssessmentKind, ids: list[str]) -> None:
    allowed = {
        AssessmentKind.INTERACTION: len(ids) == 1,
        AssessmentKind.MULTI_TURN: len(ids) >= 2,
        AssessmentKind.SESSION_SUMMARY: not ids,
    }[kind]
    if allowed:
        assert assessment(kind=kind, interaction_ids=ids).interaction_ids == tuple(ids)
    else:
        with pytest.raises(InvalidAssessmentError, match=f"“{kind}” needs .*, {len(ids)} given"):
            assessment(kind=kind, interaction_ids=ids)


@given(score=st.floats(allow_nan=True, allow_infinity=True))
def test_a_score_is_from_1_to_10(score: float) -> None:
    if 1 <= score <= 10:
        assert assessment(score=score).score == score
    else:
        with pytest.raises(InvalidAssessmentError, match="score"):
            assessment(score=score)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"score": True}, None, "score must be a number"),
        ({"score": "7"}, None, "score must be a number"),
        ({"id": " "}, "id", "must not be empty"),
        ({"category": "praise"}, "category", "error"),
        ({"kind": "daily"}, "kind", "interaction"),
        ({"created_at": datetime(2026, 9, 1)}, "created_at", "timezone"),  # noqa: DTZ001
        ({"explanation_text": "a\x00b"}, "explanation_text", "NUL"),
        ({"explanation_text": "a\ud800"}, "explanation_text", ""),
        ({"kind": "multi_turn", "interaction_ids": ("i1", "i1")}, None, "named twice"),
        ({"errors": [{"key": "k", "message": "m", "severity": "fatal"}]}, "errors", "errors.0.severity"),
        (
            {"errors": [{"key": "k", "message": "m", "severity": "low", "span": {"start": 4, "end": 2}}]},
            "errors",
            "span",
        ),
        ({"mood": "good"}, "mood", "mood"),
    ],
)
def test_a_broken_rule_is_told_in_words(changes: dict[str, Any], field: str | None, words: str) -> None:
    with pytest.raises(InvalidAssessmentError) as caught:
        assessment(**changes)

    assert caught.value.field == field
    assert words in str(caught.value)
    assert "pydantic" not in str(caught.value)


def test_a_missing_field_is_named() -> None:
    values = fields()
    del values["user_id"]

    with pytest.raises(InvalidAssessmentError, match="user_id: Field required"):
        Assessment.create(**values)


@pytest.mark.parametrize("position", [0, 4])
def test_a_focus_has_position_1_to_3(position: int) -> None:
    with pytest.raises(InvalidAssessmentError, match="position"):
        UserFocus.create(
            id="x",
            tenant_id="acme",
            user_id="u1",
            focus_id="f1",
            position=position,
            active=True,
            started_at=START,
            updated_at=START,
        )


def test_a_session_does_not_end_before_it_starts() -> None:
    early = datetime(2026, 8, 31, tzinfo=UTC)

    with pytest.raises(InvalidAssessmentError, match="cannot end before it starts"):
        UserSession.create(id="s1", tenant_id="acme", user_id="u1", started_at=START, ended_at=early)


def coachee(**changes: Any) -> Coachee:
    return Coachee.create(**{"id": "u1", "tenant_id": "acme", "name": "Amara", "created_at": START} | changes)


@pytest.mark.parametrize("field", ["id", "tenant_id", "name"])
@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "must not be empty"),
        ("\t ", "must not be empty"),
        ("a\0", "holds a NUL character, which cannot be stored"),
        ("\udfff", "is not valid Unicode text|valid string"),
        (7, "valid string"),
        (None, "valid string"),
    ],
)
def test_names_hold_something_that_can_be_stored(field: str, value: object, words: str) -> None:
    with pytest.raises(InvalidAssessmentError, match=words) as caught:
        coachee(**{field: value})
    assert caught.value.field == field
    assert str(caught.value).startswith(f"This Coachee cannot be accepted: {field}: ")


def test_every_broken_rule_is_named_and_the_first_is_the_field() -> None:
    with pytest.raises(InvalidAssessmentError) as caught:
        assessment(user_id="", session_id=" ", score=11)
    message = str(caught.value)
    assert message.startswith("This Assessment cannot be accepted: user_id: ")
    assert message.count("; ") == 2
    assert caught.value.field == "user_id"


@pytest.mark.parametrize("position", [1, 2, 3])
def test_positions_that_may_be(position: int) -> None:
    facts = {"id": "x", "tenant_id": "a", "user_id": "u", "focus_id": "f", "active": True}
    chosen = UserFocus.create(position=position, started_at=START, updated_at=START, **facts)

    assert chosen.position == position
    assert MOST_ACTIVE_FOCUSES == 3


def test_a_session_may_end_as_it_starts_or_stay_open() -> None:
    facts: dict[str, Any] = {"id": "s", "tenant_id": "a", "user_id": "u", "started_at": START}

    assert UserSession.create(**facts, ended_at=START).ended_at == START
    assert UserSession.create(**facts).ended_at is None


@pytest.mark.parametrize(
    ("start", "end", "fits"), [(0, 0, True), (3, 3, True), (0, 9, True), (4, 3, False), (-1, 3, False), (0, -1, False)]
)
def test_a_span_is_ordered(start: int, end: int, fits: bool) -> None:
    if fits:
        assert Span.create(start=start, end=end).model_dump() == {"start": start, "end": end}
    else:
        with pytest.raises(InvalidAssessmentError):
            Span.create(start=start, end=end)


@pytest.mark.parametrize("score", [1, 10, 1.0, 9.999, None])
def test_scores_that_may_be(score: float | None) -> None:
    assert assessment(score=score).score == score


@pytest.mark.parametrize("score", [0.999, 10.001, 0, -5, True, False, "5"])
def test_scores_that_may_not_be(score: object) -> None:
    with pytest.raises(InvalidAssessmentError, match="score"):
        assessment(score=score)


def test_what_is_left_out_of_an_assessment() -> None:
    facts = fields()
    for name in ("interaction_ids", "focus_id", "score", "explanation_text"):
        del facts[name]
    bare = Assessment.create(**facts | {"kind": "session_summary"})

    assert (bare.interaction_ids, bare.errors, bare.tags) == ((), (), ())
    assert (bare.focus_id, bare.score, bare.group_id, bare.rubric_version) == (None, None, None, None)
    assert bare.explanation_text == ""
    assert Focus.create(id="f", tenant_id="a", title="T").description == ""


def test_a_row_is_plain_and_leaves_out_what_an_error_does_not_say() -> None:
    error = {"key": "k", "message": "m", "severity": "high", "span": {"start": 1, "end": 2}}
    row = assessment(category="error", errors=[error], tags=("a", "b"), score=None).as_row()

    assert row["errors"] == [error]
    assert (row["tags"], row["interaction_ids"]) == (["a", "b"], ["i-1"])
    assert (type(row["kind"]), type(row["category"])) == (str, str)
    assert (row["kind"], row["category"]) == ("interaction", "error")
    assert set(row) == {column.name for column in assessments_table.columns}
    assert coachee().as_row() == {"id": "u1", "tenant_id": "acme", "name": "Amara", "created_at": START}


TOGETHER: dict[str, Any] = {"kind": "multi_turn", "interaction_ids": ("i1", "i2")}


@pytest.mark.parametrize(
    "evaluations",
    [
        [],
        [TOGETHER],
        [TOGETHER | {"group_id": "g"}, TOGETHER | {"group_id": "g"}],
        [TOGETHER, TOGETHER | {"session_id": "s2"}],
        [TOGETHER, TOGETHER | {"tenant_id": "other"}],
        [TOGETHER, TOGETHER | {"interaction_ids": ("i1", "i3")}],
        [TOGETHER | {"group_id": "g"}, TOGETHER | {"group_id": "h", "interaction_ids": ("i1", "i2", "i3")}],
        [{"group_id": "g"}, {"group_id": "h"}],
    ],
)
def test_groups_that_keep_the_rule(evaluations: list[dict[str, Any]]) -> None:
    check_groups([assessment(number, **changes) for number, changes in enumerate(evaluations)])


@pytest.mark.parametrize(
    "evaluations",
    [
        [TOGETHER, TOGETHER],
        [TOGETHER, TOGETHER | {"group_id": "g"}],
        [TOGETHER | {"group_id": "g"}, TOGETHER | {"group_id": "h", "interaction_ids": ("i2", "i1")}],
        [TOGETHER | {"group_id": "g"}, TOGETHER | {"group_id": "g"}, TOGETHER | {"group_id": "h"}],
    ],
)
def test_groups_that_break_the_rule(evaluations: list[dict[str, Any]]) -> None:
    with pytest.raises(InvalidAssessmentError, match=f"^{len(evaluations)} multi-turn assessments") as caught:
        check_groups([assessment(number, **changes) for number, changes in enumerate(evaluations)])
    assert caught.value.field == "group_id"


def test_records_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        coachee().name = "Eve"  # type: ignore[misc]
