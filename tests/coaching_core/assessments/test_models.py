"""The validation rules of seed 004, sections 1, 2 and 4."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching_core.assessments.models import (
    Assessment,
    AssessmentCategory,
    AssessmentKind,
    UserFocus,
    UserSession,
)
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
