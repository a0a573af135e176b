"""Topics, versions and parameters: what they accept, and what makes two contents the same."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from coaching_core.prompts.models import (
    ModelSettings,
    Parameter,
    Topic,
    TopicContent,
    TopicDraft,
    TopicSummary,
    TopicUpdate,
    TopicVersion,
    Validation,
    VersionChange,
)

NOW = datetime(2026, 1, 2, tzinfo=UTC)
CONTENT = TopicContent(
    prompts={"system": "S", "user": "U"},
    parameters=(Parameter(name="a"), Parameter(name="b")),
    settings=ModelSettings(temperature=0.5),
)


def topic(published: int | None, latest: int) -> Topic:
    return Topic(
        topic_id="goals",
        name="Goals",
        topic_type="t",
        category="c",
        description="",
        display_order=0,
        is_active=True,
        published_version=published,
        latest_version=latest,
        created_at=NOW,
        created_by="Ada",
        updated_at=NOW,
        updated_by="Ada",
    )


def test_what_is_left_out_has_these_values() -> None:
    settings, parameter = ModelSettings(), Parameter(name="a")
    draft = TopicDraft(topic_id="a", name="A", topic_type="t", category="c")

    assert settings.model_dump() == {
        "default_model": None,
        "temperature": None,
        "max_tokens": None,
        "streaming": True,
        "max_turns": None,
    }
    assert parameter.model_dump() == {
        "name": "a",
        "type": "string",
        "required": False,
        "description": "",
        "default": None,
        "example": None,
        "validation": None,
    }
    assert (draft.description, draft.display_order, draft.is_active, draft.message) == ("", 0, True, "First version")
    assert TopicContent() == TopicContent(prompts={}, parameters=(), settings=ModelSettings())


@pytest.mark.parametrize(
    "accepted",
    [
        {"temperature": 0},
        {"temperature": 2},
        {"max_tokens": 1},
        {"max_turns": 1},
        {"streaming": False},
        {"model_hint": "x"},
    ],
)
def test_settings_that_are_accepted(accepted: dict[str, Any]) -> None:
    assert ModelSettings(**accepted).model_dump(exclude_unset=True) == accepted


@pytest.mark.parametrize(
    "wrong",
    [{"temperature": -0.01}, {"temperature": 2.01}, {"max_tokens": 0}, {"max_turns": 0}, {"streaming": "perhaps"}],
)
def test_settings_that_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ModelSettings(**wrong)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"type": "enum", "enum_values": ()}, "an enum needs its enum_values"),
        ({"type": "enum", "minimum": 1}, "an enum needs its enum_values"),
        ({"type": "range", "enum_values": (1,)}, "a range needs a minimum or a maximum"),
        ({"type": "range", "minimum": 2, "maximum": 1}, "the minimum 2 is above the maximum 1"),
        ({"type": "range", "minimum": float("inf")}, "finite"),
        ({"type": "range", "maximum": float("nan")}, "finite"),
        ({"type": "range", "minimum": "1"}, "valid"),
        ({"type": "range", "minimum": True}, "valid"),
        ({"type": "pattern"}, "a pattern validation needs its pattern"),
        ({"type": "pattern", "pattern": ""}, "a pattern validation needs its pattern"),
        ({"type": "pattern", "pattern": "("}, "the pattern cannot be used: unclosed group"),
        ({"type": "pattern", "pattern": "(?=a)"}, "the pattern cannot be used: look-around"),
        ({"type": "length", "maximum": 1}, "type"),
        ({"type": "range", "minimum": 1, "maxmum": 2}, "maxmum"),
    ],
)
def test_validations_that_say_too_little_or_nonsense(rule: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Validation(**rule)


@pytest.mark.parametrize(
    "rule",
    [
        {"type": "enum", "enum_values": (None,)},
        {"type": "range", "minimum": 0},
        {"type": "range", "maximum": 0},
        {"type": "range", "minimum": 1, "maximum": 1},
        {"type": "range", "minimum": -1.5, "maximum": 2},
        {"type": "pattern", "pattern": "a|b"},
    ],
)
def test_validations_that_are_accepted(rule: dict[str, Any]) -> None:
    assert Validation(**rule).model_dump(exclude_unset=True) == rule


@pytest.mark.parametrize(
    ("order", "fits"), [(-1_000_000, True), (1_000_000, True), (-1_000_001, False), (10**6 + 1, False)]
)
def test_the_display_order_has_bounds(order: int, fits: bool) -> None:
    if fits:
        assert TopicUpdate(display_order=order).display_order == order
    else:
        with pytest.raises(ValidationError):
            TopicUpdate(display_order=order)


@pytest.mark.parametrize(
    ("published", "latest", "draft"), [(None, 1, True), (1, 1, False), (1, 2, True), (2, 2, False), (3, 4, True)]
)
def test_a_draft_is_what_is_newer_than_the_published(published: int | None, latest: int, draft: bool) -> None:
    one = topic(published, latest)
    listed = TopicSummary(
        topic=one, published_by=None, published_at=None, latest_author="A", latest_at=NOW, latest_message="m"
    )

    assert one.has_draft is listed.has_draft is draft


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"prompts": {"user": "U", "system": "S"}}, True),
        ({"prompts": {"system": "S"}}, False),
        ({"prompts": {"system": "s", "user": "U"}}, False),
        ({"parameters": CONTENT.parameters[::-1]}, False),
        ({"parameters": (Parameter(name="a", example=1), Parameter(name="b"))}, False),
        ({"settings": ModelSettings(temperature=0.5, streaming=True)}, True),
        ({"settings": ModelSettings(temperature=0.5, top_p=1)}, False),
    ],
)
def test_when_two_contents_are_the_same(change: dict[str, Any], same: bool) -> None:
    other = TopicContent(**{**dict(CONTENT), **change})

    assert CONTENT.same_content(other) is other.same_content(CONTENT) is same


def test_who_saved_it_is_no_content() -> None:
    facts: dict[str, Any] = {**dict(CONTENT), "topic_id": "goals", "message": "m", "created_at": NOW}
    first, second = TopicVersion(number=1, author="A", **facts), TopicVersion(number=2, author="B", **facts)

    assert first.same_content(second)
    assert first != second
    assert CONTENT.same_content(first)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, {}),
        ({"prompts": {"user": None}}, {"prompts": {"system": "S"}}),
        ({"prompts": {"user": ""}}, {"prompts": {"system": "S", "user": ""}}),
        ({"prompts": {"critic": "C"}}, {"prompts": {"system": "S", "user": "U", "critic": "C"}}),
        ({"prompts": {}}, {}),
        ({"parameters": ()}, {"parameters": ()}),
        ({"settings": ModelSettings()}, {"settings": ModelSettings()}),
    ],
)
def test_a_change_touches_only_what_it_names(change: dict[str, Any], expected: dict[str, Any]) -> None:
    changed = VersionChange(message="m", author="a", **change).applied_to(CONTENT)

    assert dict(changed) == {**dict(CONTENT), **expected}


def test_models_are_frozen_and_know_their_fields() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        CONTENT.prompts = {}  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        CONTENT.settings.streaming = False  # type: ignore[misc]
    with pytest.raises(ValidationError, match="Extra inputs"):
        Parameter(name="a", mandatory=True)  # type: ignore[call-arg]
    with pytest.raises(ValidationError, match="has capitals"):
        Parameter(name="A")


def test_texts_with_broken_characters_come_as_far_as_the_rules_that_name_them() -> None:
    assert TopicUpdate(name="a\ud800").name == "a\ud800"
    with pytest.raises(ValidationError):
        TopicUpdate(name=7)
