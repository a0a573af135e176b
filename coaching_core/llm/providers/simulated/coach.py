"""Writes the reply of a simulated coach: first what it will do, then the parts, then what the limit leaves room for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coaching_core.llm.providers.simulated import phrases_doing as doing
from coaching_core.llm.providers.simulated import phrases_listening as listening
from coaching_core.llm.providers.simulated.behaviours import BEHAVIOURS, Instruction
from coaching_core.llm.providers.simulated.draws import Draws
from coaching_core.llm.providers.simulated.models import SimulatedModel
from coaching_core.llm.providers.simulated.person import Person, read_person
from coaching_core.llm.providers.simulated.questions import questions
from coaching_core.llm.providers.simulated.recognition import recognise
from coaching_core.llm.types import Message

HABITUAL_LIMIT = 55
_DROP_ORDER = (
    "musing",
    "extra",
    "thanks",
    "options",
    "summarise",
    "challenge",
    "next_step",
    "advice",
    "feelings",
    "reflect",
    "question",
)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a reply: one or two whole sentences and the aspect they serve."""

    aspect: str
    text: str


def instructions_of(messages: Sequence[Message]) -> dict[str, Instruction]:
    """The instructions of all system messages together, by behaviour; the last one counts."""
    return {found.behaviour: found for m in messages if m.role == "system" for found in recognise(m.content)}


def _probability(model: SimulatedModel, behaviour: str, told: Mapping[str, Instruction]) -> float:
    if behaviour not in told:
        return model.habits[behaviour]
    return model.follows if told[behaviour].wanted else 0.03 + 0.175 * (1 - model.follows)


def decide(model: SimulatedModel, draws: Draws, told: Mapping[str, Instruction]) -> dict[str, bool]:
    """Which behaviours this reply will show."""
    return {b.id: draws.uniform(f"does/{b.id}") < _probability(model, b.id, told) for b in BEHAVIOURS}


def quoted(text: str) -> str:
    """``text`` in quotation marks."""
    return f"“{text}”"


def _say(draws: Draws, aspect: str, pool: Sequence[str], **words: str) -> Part:
    text = draws.pick(f"phrase/{aspect}", pool)
    for name, value in words.items():
        text = text.replace(f"{{{name}}}", value)
    return Part(aspect, text)


def _reflection(draws: Draws, person: Person) -> Part | None:
    if person.turned and draws.uniform("reflect/turned") < 0.35:
        part = _say(draws, "reflect", listening.REFLECT_TURNED, t=person.turned)
    elif person.quotes:
        part = _say(draws, "reflect", listening.REFLECT_QUOTED, q=quoted(_quote(draws, person, "reflect")))
    else:
        return None
    return part


def _quote(draws: Draws, person: Person, aspect: str) -> str:
    """A passage to quote; each aspect has places of its own, so that two rarely quote the same."""
    places = {"reflect": (0, 2), "challenge": (3, 4)}[aspect]
    return draws.pick(f"quote/{aspect}", [person.quotes[place % len(person.quotes)] for place in places])


def _in_season(draws: Draws, person: Person, aspect: str) -> bool:
    """Sums up and closes when there has been enough to sum up and to close."""
    return draws.uniform(f"{aspect}/season") < (0.2, 0.2, 0.55, 0.8)[min(person.turns, 3)]


def _summary(draws: Draws, person: Person) -> Part | None:
    if not person.quotes:
        return None
    last = quoted(person.quotes[1 % len(person.quotes)])
    if person.earlier:
        return _say(draws, "summarise", listening.SUMMARY_QUOTED, q=last, e=quoted(person.earlier))
    return _say(draws, "summarise", listening.SUMMARY_FIRST, q=last)


def _challenge(draws: Draws, person: Person) -> Part:
    if person.quotes and draws.uniform("challenge/quoted") < 0.6:
        return _say(draws, "challenge", listening.CHALLENGE_QUOTED, q=quoted(_quote(draws, person, "challenge")))
    return _say(draws, "challenge", listening.CHALLENGE)


def _middle(draws: Draws, person: Person, does: Mapping[str, bool]) -> list[Part]:
    parts: list[Part | None] = []
    if does["feelings"]:
        parts.append(_say(draws, "feelings", listening.FEELINGS[person.mood]))
    else:
        parts.append(_say(draws, "thanks", doing.THANKS))
    if does["reflect"]:
        parts.append(_reflection(draws, person))
    if does["summarise"] and _in_season(draws, person, "summarise"):
        parts.append(_summary(draws, person))
    if does["challenge"]:
        parts.append(_challenge(draws, person))
    if does["options_when_stuck"] and person.stuck:
        parts.append(_say(draws, "options", doing.OPTIONS))
    if does["advice"]:
        parts.append(_say(draws, "advice", doing.ADVICE))
    return [part for part in parts if part is not None]


def _safety(draws: Draws, person: Person) -> list[Part]:
    kind = person.danger or "crisis"
    return [_say(draws, "safety", doing.SAFETY[kind], q=quoted(person.danger_quote))]


def _opening(draws: Draws, person: Person, does: Mapping[str, bool]) -> list[Part]:
    if person.name and does["use_name"]:
        return [_say(draws, "greeting", doing.NAMED_GREETINGS, n=person.name)]
    return [_say(draws, "greeting", doing.GREETINGS)]


def _named(parts: list[Part], person: Person, does: Mapping[str, bool]) -> list[Part]:
    if not (person.name and does["use_name"] and parts) or parts[0].aspect == "greeting":
        return parts
    first = parts[0]
    keep = first.text.startswith(("I ", "I'", "“"))
    text = first.text if keep else first.text[0].lower() + first.text[1:]
    return [Part(first.aspect, f"{person.name}, {text}"), *parts[1:]]


def words_in(text: str) -> int:
    """Words of ``text``, as a person counts them."""
    return len(text.split())


def _length(parts: Sequence[Part]) -> int:
    return sum(words_in(part.text) for part in parts)


def _shortened(parts: list[Part], limit: int, short: str) -> list[Part]:
    kept = list(parts)
    for aspect in _DROP_ORDER[:-1]:
        for part in [p for p in kept if p.aspect == aspect][::-1]:
            if _length(kept) > limit and len(kept) > 1:
                kept.remove(part)
    if _length(kept) <= limit:
        return kept
    return [Part("question", short)] if words_in(short) <= limit else [Part("question", "And?")]


def _lengthened(parts: list[Part], aim: int, draws: Draws) -> list[Part]:
    musings = [Part("musing", text) for text in draws.shuffled("musing", doing.MUSINGS)]
    place = next((i for i, p in enumerate(parts) if p.aspect in {"next_step", "question", "extra"}), len(parts))
    grown = list(parts)
    while musings and _length(grown) < aim:
        grown.insert(place, musings.pop())
        place += 1
    return grown


def _limit(does: Mapping[str, bool], told: Mapping[str, Instruction]) -> int | None:
    if not does["word_limit"]:
        return None
    value = told["word_limit"].value if "word_limit" in told else None
    return value or HABITUAL_LIMIT


def reply(model: SimulatedModel, messages: Sequence[Message], draws: Draws) -> str:
    """The next turn of the coach.

    Args:
        model: Whose skill and habits it has.
        messages: The system messages carry the instructions; the rest is the conversation.
        draws: The streams of chance of this call.
    """
    told, person = instructions_of(messages), read_person(messages)
    does = decide(model, draws, told)
    limit = _limit(does, told)
    asked = questions(draws, person, does)
    if person.danger and does["safety"]:
        parts = _safety(draws, person)
        short = doing.SAFETY_SHORT[person.danger]
    else:
        parts = _middle(draws, person, does) if person.spoken else _opening(draws, person, does)
        if does["next_step"] and person.spoken and _in_season(draws, person, "next_step"):
            parts.append(_say(draws, "next_step", doing.NEXT_STEPS))
        parts += [
            Part("question" if index == len(asked.all) - 1 else "extra", text) for index, text in enumerate(asked.all)
        ]
        short = asked.short
    parts = _named(parts, person, does)
    if limit is not None:
        parts = _shortened(parts, limit, short)
    elif parts[0].aspect != "safety" and person.spoken and model.talkativeness > 0:
        base = 165 if "word_limit" in told and not told["word_limit"].wanted else 92
        parts = _lengthened(parts, base + int(45 * model.talkativeness), draws)
    return " ".join(part.text for part in parts)
