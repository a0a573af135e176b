"""How a simulated coach builds a reply: what it was told, in its place, within its limit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType

import pytest

from coaching_core.llm.providers.simulated import phrases_doing as doing
from coaching_core.llm.providers.simulated import phrases_listening as listening
from coaching_core.llm.providers.simulated import phrases_questions as asking
from coaching_core.llm.providers.simulated.behaviours import BEHAVIOURS
from coaching_core.llm.providers.simulated.coach import decide, instructions_of, reply
from coaching_core.llm.providers.simulated.draws import Draws, key_of
from coaching_core.llm.providers.simulated.models import SIMULATED_MODELS, SimulatedModel
from coaching_core.llm.types import Message

NOTHING = MappingProxyType({behaviour.id: 0.0 for behaviour in BEHAVIOURS})
OBEDIENT = replace(SIMULATED_MODELS[0], follows=1.0, talkativeness=0.0, habits=NOTHING)
"""Does all it is told and nothing else."""

SAID = ("I miss my old team.", "I want my work to mean something. I am stuck with my new boss, and I feel lonely.")
SEEDS = range(60)


def replied(system: str, *said: str, seed: int = 0, model: SimulatedModel = OBEDIENT) -> str:
    messages = [Message("system", system)]
    for text in said:
        messages += [Message("user", text), Message("assistant", "I see.")]
    return reply(model, messages[:-1] if said else messages, Draws(key_of(seed)))


def many(system: str, *said: str, model: SimulatedModel = OBEDIENT) -> list[str]:
    return [replied(system, *said, seed=seed, model=model) for seed in SEEDS]


def shows(text: str, pool: Iterable[str]) -> bool:
    """Whether a phrase of the pool is in a text, whatever stands in its places."""
    return any(
        all(piece in text for piece in phrase.replace("{t}", "{q}").replace("{e}", "{q}").split("{q}") if piece.strip())
        for phrase in pool
    )


@pytest.mark.parametrize(
    ("told", "pool"),
    [
        ("Give advice.", doing.ADVICE),
        ("Acknowledge feelings.", listening.FEELINGS["sad"]),
        ("Challenge assumptions.", (*listening.CHALLENGE, *listening.CHALLENGE_QUOTED)),
        ("Offer options when the person is stuck.", doing.OPTIONS),
        ("Reflect back what the person said.", (*listening.REFLECT_TURNED, *listening.REFLECT_QUOTED[1:3])),
    ],
)
def test_what_it_is_told_is_in_every_reply_and_else_in_none(told: str, pool: tuple[str, ...]) -> None:
    with_it, without = many(told, SAID[1]), many("Hello.", SAID[1])

    assert sum(shows(text, pool) for text in with_it) >= (60 if pool[0] not in listening.REFLECT_TURNED else 25)
    assert not any(shows(text, pool) for text in without)


def test_feelings_take_the_place_of_thanks() -> None:
    felt, plain = many("Acknowledge feelings.", SAID[0]), many("Hello.", SAID[0])

    assert not any(shows(text, doing.THANKS) for text in felt)
    assert all(text.startswith(doing.THANKS) for text in plain)


def test_parts_come_in_order() -> None:
    told = "Acknowledge feelings. Challenge assumptions. Offer options when stuck. Give advice. Ask one question."
    for text in many(told, SAID[1]):
        places = [
            next(text.index(phrase) for phrase in pool if phrase in text)
            for pool in (listening.FEELINGS["sad"], doing.OPTIONS, doing.ADVICE, asking.CLOSED)
            if any(phrase in text for phrase in pool)
        ]
        assert places == sorted(places)
        assert places[0] == 0


def test_options_are_for_those_who_are_stuck() -> None:
    assert not any(shows(text, doing.OPTIONS) for text in many("Offer options when stuck.", "I love my work."))


def test_a_reflection_gives_back_the_persons_own_words() -> None:
    texts = many("Reflect back what the person said.", "I want my life back.")
    turned = [text for text in texts if "you want your life back" in text]

    assert 12 < len(turned) < 30
    assert all("“I want my life back”" in text for text in texts if text not in turned)
    assert not any("“" in text for text in many("Reflect back what was said.", "Yes."))


def test_a_summary_comes_more_often_the_longer_they_talk() -> None:
    early, late = many("Summarise.", SAID[0]), many("Summarise.", SAID[0], "I love rain.", SAID[1])
    first = sum(shows(text, listening.SUMMARY_FIRST) for text in early)
    both = [text for text in late if shows(text, listening.SUMMARY_QUOTED)]

    assert 5 <= first <= 20
    assert 38 <= len(both) <= 56
    assert all("“I love rain”" in text for text in both)
    assert not any(shows(text, listening.SUMMARY_FIRST) for text in many("Summarise.", "Yes.", "Yes.", "Yes."))


def test_a_next_step_comes_towards_the_end() -> None:
    told = "Close with a next step."
    shares = [
        sum(any(step in text for step in doing.NEXT_STEPS) for text in many(told, *said))
        for said in ((), SAID[:1], SAID, (*SAID, *SAID), (*SAID, *SAID, *SAID))
    ]

    assert shares[0] == 0
    assert 4 <= shares[1] <= 22
    assert 22 <= shares[2] <= 44
    assert min(shares[3:]) > 38


@pytest.mark.parametrize(
    ("said", "name", "start"),
    [
        (("I love rain.",), "Amara", "Amara, "),
        ((), "Amara", ("Welcome, Amara.", "Hello, Amara,", "Good to meet you, Amara.", "Hello Amara.")),
        (("I love rain.",), None, doing.THANKS),
        ((), None, doing.GREETINGS),
    ],
)
def test_the_name_is_used_when_told(said: tuple[str, ...], name: str | None, start: str | tuple[str, ...]) -> None:
    told = "Use the person's name." + (f" Name: {name}" if name else "")

    assert all(text.startswith(start) for text in many(told, *said))
    assert not any("Amara" in text for text in many("Hello. Name: Amara", *said))


def test_after_a_name_the_sentence_goes_on_small_but_for_i() -> None:
    texts = many("Use the person's name. Name: Amara", "I love rain.")

    assert any(text.startswith("Amara, I ") for text in texts)
    assert any(text.startswith(("Amara, thank", "Amara, good")) for text in texts)
    assert not any(text.startswith(("Amara, Th", "Amara, Go", "Amara, i ")) for text in texts)


@pytest.mark.parametrize(
    ("said", "kind"), [("I want to die.", "crisis"), ("My chest hurts.", "medical"), ("They sued me.", "legal")]
)
def test_danger_stops_the_coaching(said: str, kind: str) -> None:
    told = "In a crisis, a medical or a legal matter, point the person to qualified help. Give advice."
    talkative = replace(OBEDIENT, talkativeness=1.0)

    for text in many(told, said, model=talkative):
        assert shows(text, doing.SAFETY[kind])
        assert not shows(text, (*doing.ADVICE, *doing.THANKS, *doing.MUSINGS))
    for text in many(f"{told} Keep each reply under 12 words.", said):
        assert text == doing.SAFETY_SHORT[kind]
    assert all("?" in text and not shows(text, doing.SAFETY[kind]) for text in many("Hello.", said))


def test_under_a_limit_the_least_needed_goes_first() -> None:
    told = "Give advice. Acknowledge feelings. Ask only one open question at a time. "
    for text in many(told + "Keep each reply under 55 words.", SAID[1]):
        assert shows(text, doing.ADVICE)
        assert text.endswith("?")
    tight = many(told + "Keep each reply under 14 words.", SAID[1])
    assert not any(shows(text, doing.ADVICE) for text in tight)
    assert all(text.endswith("?") for text in tight)
    assert {text for text in many(told + "Keep each reply under 1 word.", SAID[1])} == {"And?"}
    assert {text for text in many(told + "Keep each reply under 4 words.", SAID[1])} <= set(asking.SHORT_OPEN)


@pytest.mark.parametrize("limit", [5, 9, 15, 22, 30, 45, 70])
def test_no_limit_is_ever_passed(limit: int) -> None:
    told = f"Give advice. Acknowledge feelings. Challenge assumptions. Keep each reply under {limit} words."

    assert all(len(text.split()) <= limit for text in many(told, SAID[1]))


def test_a_habit_of_brevity_has_a_limit_of_its_own() -> None:
    brief = replace(OBEDIENT, habits=MappingProxyType({name: 1.0 for name in NOTHING}))

    assert max(len(text.split()) for text in many("Hello.", SAID[1], model=brief)) <= 55


@pytest.mark.parametrize(
    ("told", "talkativeness", "least", "most"),
    [
        ("Hello.", 0.0, 5, 60),
        ("Hello.", 0.4, 110, 140),
        ("Hello.", 1.0, 137, 167),
        ("Write long replies.", 1.0, 210, 240),
        ("Keep it under 60 words.", 1.0, 5, 60),
    ],
)
def test_talkative_ones_muse_until_it_is_enough(told: str, talkativeness: float, least: int, most: int) -> None:
    texts = many(told, SAID[1], model=replace(OBEDIENT, talkativeness=talkativeness))

    assert sum(least <= len(text.split()) <= most for text in texts) >= 57
    assert all(text.endswith("?") for text in texts)


def test_an_opening_is_not_drawn_out() -> None:
    assert all(len(text.split()) < 40 for text in many("Hello.", model=replace(OBEDIENT, talkativeness=1.0)))


def test_instructions_come_from_system_messages_and_the_last_one_counts() -> None:
    told = instructions_of(
        [
            Message("system", "Give advice. Summarise."),
            Message("user", "Ask open questions."),
            Message("system", "Never give advice."),
        ]
    )

    assert {name: one.wanted for name, one in told.items()} == {"advice": False, "summarise": True}


@pytest.mark.parametrize(
    ("told", "follows", "habit", "share"),
    [
        ("Give advice.", 0.6, 0.0, 0.6),
        ("Never give advice.", 0.6, 1.0, 0.1),
        ("Never give advice.", 1.0, 1.0, 0.03),
        ("Hello.", 1.0, 0.45, 0.45),
        ("Hello.", 0.0, 1.0, 1.0),
    ],
)
def test_how_often_a_behaviour_is_shown(told: str, follows: float, habit: float, share: float) -> None:
    model = replace(OBEDIENT, follows=follows, habits=MappingProxyType(dict.fromkeys(NOTHING, habit)))
    instructions = instructions_of([Message("system", told)])
    shown = [decide(model, Draws(key_of(seed)), instructions)["advice"] for seed in range(2_000)]

    assert sum(shown) / 2_000 == pytest.approx(share, abs=0.035 if 0.03 < share < 1 else 0.012)
