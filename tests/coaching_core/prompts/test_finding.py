"""What is said to somebody who names what is not there, or who was second."""

from __future__ import annotations

import pytest

from coaching_core.errors import ConflictError, InvalidInputError, NotFoundError, TopicNotFoundError
from coaching_core.prompts.finding import not_newest, number_meant, saved_meanwhile
from coaching_core.prompts.service import PromptService
from tests.coaching_core.prompts.sample_topics import make_change, make_draft


@pytest.fixture
def goals(service: PromptService) -> PromptService:
    """Versions 1 to 3, the second published."""
    service.create_topic(make_draft(), "Ada", publish=True)
    service.save_version("goals", 1, make_change("Second.\n", author="Bob"))
    service.publish("goals", 2, 1, "Eve")
    service.save_version("goals", 2, make_change("Third.\n", author="Cleo"))
    return service


@pytest.mark.parametrize(
    ("ref", "number"),
    [
        ("latest", 3),
        ("published", 2),
        ("draft", 3),
        ("v1", 1),
        ("3", 3),
        (" LATEST\n", 3),
        ("V12", 12),
        ("999999999", 999_999_999),
    ],
)
def test_words_and_numbers_that_name_a_version(goals: PromptService, ref: str, number: int) -> None:
    assert number_meant(goals.topic("goals"), ref) == number


@pytest.mark.parametrize("ref", ["", "0", "v0", "01", "-1", "1.0", "v", "vv1", "1000000000", "newest", "v 1"])
def test_what_names_no_version(goals: PromptService, ref: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        number_meant(goals.topic("goals"), ref)
    assert caught.value.field == "version"
    assert str(caught.value) == (f"“{ref}” names no version. Write published, draft, latest or a number such as v12.")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_versions_that_are_there(goals: PromptService, number: int) -> None:
    assert goals.version("goals", number).number == number


@pytest.mark.parametrize("number", [0, -1, 4, 10**15])
def test_versions_that_are_not(goals: PromptService, number: int) -> None:
    with pytest.raises(NotFoundError) as caught:
        goals.version("goals", number)
    assert str(caught.value) == f"Topic “goals” has no version {number}; its versions are 1 to 3."


def test_a_topic_that_is_not_there_is_quoted_short(goals: PromptService) -> None:
    with pytest.raises(TopicNotFoundError, match=r"x{79}…”"):
        goals.topic("x" * 200)


def test_who_was_second_hears_who_was_first_and_when(goals: PromptService) -> None:
    newest = goals.version("goals", 3)
    at = f"{newest.created_at:2 January 2026 at %H:%M UTC}"
    saved, rolled = not_newest(newest, 1), saved_meanwhile(newest)

    assert (saved.current, rolled.current) == (3, 3)
    assert str(saved) == (
        f"Your change was made on version 1 of “goals”, but the newest is version 3: Cleo saved it on {at}. "
        "Nothing was overwritten. Compare with version 3, then save on top of it."
    )
    assert str(rolled) == (
        f"Cleo saved version 3 of “goals” on {at}, while you rolled back. Nothing was changed. "
        "Look at it, then roll back again."
    )


@pytest.mark.parametrize(
    ("expected", "seen"), [(None, "no published version"), (1, "version 1 published"), (3, "version 3 published")]
)
def test_a_publication_seen_too_early_is_told_by_the_last_one(
    goals: PromptService, expected: int | None, seen: str
) -> None:
    last = goals.publications("goals")[0]
    with pytest.raises(ConflictError) as caught:
        goals.publish("goals", 3, expected, "Ada")
    assert caught.value.current == 2
    assert str(caught.value) == (
        f"You saw {seen} of “goals”, but Eve published version 2 on "
        f"{last.published_at:2 January 2026 at %H:%M UTC}. Nothing was changed. "
        "Look at what is published, then decide."
    )


def test_before_the_first_publication_there_is_none_to_tell_of(service: PromptService) -> None:
    service.create_topic(make_draft(), "Ada")
    with pytest.raises(ConflictError, match="You saw version 1 published of “goals”, but nothing is published yet"):
        service.publish("goals", 1, 1, "Ada")
