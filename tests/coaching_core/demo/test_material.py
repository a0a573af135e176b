"""The sentences the demo is put together from: whole, with their places, and for every focus."""

from __future__ import annotations

import re
from collections.abc import Iterable
from random import Random

import pytest

from coaching_core.assessments.models import Severity
from coaching_core.demo import feedback, texts
from coaching_core.demo.people import FIRST_NAMES, draw_names
from coaching_core.demo.practice import PRACTICES
from coaching_core.demo.texts import WHEN, WHO, Conversation, capital, fill

SENTENCE = re.compile(r"[A-Z“{0-9].*[.?!”…]")


def check(templates: Iterable[str], places: set[str]) -> None:
    found = tuple(templates)
    assert len(set(found)) == len(found)
    for template in found:
        assert SENTENCE.fullmatch(template), template
        assert {*re.findall(r"\{(\w*)\}", template)} <= places


@pytest.mark.parametrize("practice", PRACTICES, ids=lambda practice: practice.focus_id)
def test_every_focus_has_its_material(practice: object) -> None:
    assert practice.focus_id.startswith("demo-focus-")  # type: ignore[attr-defined]
    assert practice.title  # type: ignore[attr-defined]
    check([practice.description], set())  # type: ignore[attr-defined]
    for pool, least in ((practice.turns, 9), (practice.replies, 6), (practice.questions, 6)):  # type: ignore[attr-defined]
        assert len(pool) >= least
        check(pool, {"who", "when"})
    assert all("{when}" in turn or "{who}" in turn for turn in practice.turns)  # type: ignore[attr-defined]
    assert all(question.endswith("?") for question in practice.questions)  # type: ignore[attr-defined]


def test_every_focus_has_explanations_and_mistakes() -> None:
    focuses = {practice.focus_id for practice in PRACTICES}
    assert set(feedback.PROGRESS) == {mistake.focus_id for mistake in feedback.MISTAKES} == focuses
    for progress in feedback.PROGRESS.values():
        for pool in (progress.low, progress.middle, progress.high):
            assert len(pool) == 3
            check(pool, {"who"})
    for mistake in feedback.MISTAKES:
        assert re.fullmatch(r"[a-z_]+", mistake.key)
        assert mistake.severity in set(Severity)
        check(mistake.messages, set())
        check(mistake.suggestions, set())


def test_a_score_is_explained_by_its_height() -> None:
    progress = feedback.PROGRESS["demo-focus-asking"]

    assert [progress.at(score) for score in (1, 3, 3.9)] == [progress.low] * 3
    assert [progress.at(score) for score in (4, 7, 7.9)] == [progress.middle] * 3
    assert [progress.at(score) for score in (8, 10)] == [progress.high] * 2


def test_the_trend_of_each_mistake() -> None:
    rising = {mistake.key for mistake in feedback.MISTAKES if mistake.late > mistake.early}
    level = {mistake.key for mistake in feedback.MISTAKES if mistake.late == mistake.early}

    assert rising == {"closed_question", "over_explains"}
    assert level == {"skips_the_feeling"}


@pytest.mark.parametrize(
    ("pool", "places", "empty"),
    [
        (feedback.NEXT_STEPS, set(), 1),
        (feedback.PRAISE, set(), 1),
        (feedback.SUMMARIES, {"focus", "who"}, 0),
        (texts._AFTERTHOUGHTS, set(), 1),
        (texts._THANKS, set(), 2),
    ],
)
def test_other_sentences_are_whole(pool: tuple[str, ...], places: set[str], empty: int) -> None:
    assert pool.count("") == empty
    check([text for text in pool if text], places)


def test_observations_tell_their_mistake() -> None:
    assert all("{message}" in text for text in feedback.OBSERVATIONS)
    assert all(capital(text)[0] in "{WIA" for text in feedback.OBSERVATIONS)


def test_people_and_occasions_fit_anywhere() -> None:
    for pool in (WHO, WHEN, FIRST_NAMES):
        assert len(set(pool)) == len(pool)
        assert all(text == text.strip() and text for text in pool)


@pytest.mark.parametrize(("text", "large"), [("über", "Über"), ("", ""), ("I", "I"), ("“so”", "“so”")])
def test_a_sentence_begins_large(text: str, large: str) -> None:
    assert capital(text) == large


def test_a_template_is_filled_and_every_sentence_begins_large() -> None:
    filled = {fill(Random(seed), "{when} I met {who}. {who} said no. that was it", "the crew") for seed in range(99)}

    assert filled == {f"{capital(when)} I met the crew. The crew said no. That was it" for when in WHEN}


def test_names_are_different_and_have_an_initial() -> None:
    names = draw_names(Random(1), 60)

    assert len({name.split()[0] for name in names}) == 60
    assert all(re.fullmatch(r"\S+ [A-Z]\.", name) for name in names)
    assert draw_names(Random(1), 60) == names


def test_a_conversation_is_about_one_person_and_does_not_repeat_itself() -> None:
    used: set[str] = set()
    turns = []
    for seed in range(30):
        conversation = Conversation(Random(seed), PRACTICES[0], used)
        turns += [conversation.turn() for _ in range(3)]
    said = [text for turn in turns for text in turn]

    assert conversation.who in WHO
    assert len(set(said)) == len(said) == len(used) == 180
    assert all(text == text.strip() and "  " not in text for text in said)
    assert all(answered.endswith("?") for _, answered in turns)
