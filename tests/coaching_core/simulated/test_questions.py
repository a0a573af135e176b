"""Which questions a simulated coach asks."""

from __future__ import annotations

from collections import Counter

import pytest

from coaching_core.llm.providers.simulated import phrases_questions as pools
from coaching_core.llm.providers.simulated.draws import Draws, key_of
from coaching_core.llm.providers.simulated.person import read_person
from coaching_core.llm.providers.simulated.questions import Questions, questions
from coaching_core.llm.types import Message

SAID = "I love my work. I hate my boss. The garden needs a new gate. We never speak of it at all."


def asked(said: str | None, *does: str) -> list[Questions]:
    person = read_person([Message("user", said)] if said else [])
    wanted = {name: name in does for name in ("open_questions", "one_question", "concrete_moment")}
    return [questions(Draws(key_of(seed)), person, wanted) for seed in range(200)]


def _filled(pool: tuple[str, ...], *quotes: str) -> set[str]:
    return {phrase.replace("{q}", f"“{quote}”") for phrase in pool for quote in quotes}


@pytest.mark.parametrize(
    ("does", "plain", "quoted"),
    [
        (("open_questions",), pools.OPEN, pools.OPEN_QUOTED),
        (("open_questions", "concrete_moment"), pools.OPEN_CONCRETE, pools.OPEN_CONCRETE_QUOTED),
        ((), pools.CLOSED, pools.CLOSED_QUOTED),
        (("concrete_moment",), pools.CLOSED_CONCRETE, ()),
    ],
)
def test_the_main_question_is_of_the_kind_wanted(
    does: tuple[str, ...], plain: tuple[str, ...], quoted: tuple[str, ...]
) -> None:
    mains = [one.all[-1] for one in asked("I love my work.", "one_question", *does)]
    with_quote = _filled(quoted, "I love my work")

    assert set(mains) <= set(plain) | with_quote
    share = sum(main in with_quote for main in mains) / 200
    assert share == pytest.approx(0.45 if quoted else 0, abs=0.12)


def test_before_anything_is_said_it_opens() -> None:
    assert {one.all for one in asked(None, "open_questions")} == {(phrase,) for phrase in pools.OPENING_OPEN}
    assert {one.all for one in asked(None)} == {(phrase,) for phrase in pools.OPENING_CLOSED}


def test_one_question_is_one_and_else_there_are_two_or_three() -> None:
    assert {len(one.all) for one in asked("I love my work.", "one_question")} == {1}
    counts = Counter(len(one.all) for one in asked("I love my work."))
    assert set(counts) == {2, 3}
    assert 0.28 < counts[3] / 200 < 0.52
    for one in asked("I love my work."):
        assert len(set(one.all)) == len(one.all)
        assert set(one.all[:-1]) <= set(pools.CLOSED)
    assert all(set(one.all[:-1]) <= set(pools.OPEN) for one in asked("I love my work.", "open_questions"))


def test_a_question_quotes_what_the_other_parts_do_not() -> None:
    quotes = read_person([Message("user", SAID)]).quotes
    mains = " ".join(one.all[-1] for one in asked(SAID, "open_questions", "one_question"))

    assert len(quotes) == 4
    assert [quote for quote in quotes if f"“{quote}”" in mains] == [quotes[1], quotes[3]]


def test_long_passages_are_not_quoted_in_a_question() -> None:
    for words, quoted in ((7, True), (8, False)):
        passage = "I want " + " ".join("abcdefgh"[: words - 2].replace("a", "z"))
        mains = " ".join(one.all[-1] for one in asked(passage, "open_questions", "one_question"))
        assert ("“" in mains) is quoted


def test_the_short_question_is_of_the_same_kind() -> None:
    assert {one.short for one in asked("I love my work.", "open_questions")} == set(pools.SHORT_OPEN)
    assert {one.short for one in asked("I love my work.")} == set(pools.SHORT_CLOSED)
