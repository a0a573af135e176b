"""Chooses the questions of a reply: open or closed, one or several, about a concrete moment or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coaching_core.llm.providers.simulated import phrases_questions as pools
from coaching_core.llm.providers.simulated.draws import Draws
from coaching_core.llm.providers.simulated.person import Person

_LONGEST_QUOTE = 7


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of a reply.

    Attributes:
        all: In order; the last one is the one to keep when room is short.
        short: One that fits nearly any limit.
    """

    all: tuple[str, ...]
    short: str


def _one(draws: Draws, stream: str, plain: Sequence[str], with_quote: Sequence[str], quote: str | None) -> str:
    if quote is not None and draws.uniform(f"{stream}/quoted") < 0.45:
        return draws.pick(f"{stream}/with_quote", with_quote).replace("{q}", f"“{quote}”")
    return draws.pick(f"{stream}/plain", plain)


def _short_quote(draws: Draws, person: Person) -> str | None:
    quotes = person.quotes if len(person.quotes) == 1 else (*person.quotes[1:2], *person.quotes[3:5])
    fit = [quote for quote in quotes if len(quote.split()) <= _LONGEST_QUOTE]
    return draws.pick("quote/question", fit) if fit else None


def _main(draws: Draws, person: Person, is_open: bool, concrete: bool) -> str:
    if not person.spoken:
        return draws.pick("question/opening", pools.OPENING_OPEN if is_open else pools.OPENING_CLOSED)
    quote = _short_quote(draws, person)
    if is_open and concrete:
        return _one(draws, "question/open_concrete", pools.OPEN_CONCRETE, pools.OPEN_CONCRETE_QUOTED, quote)
    if is_open:
        return _one(draws, "question/open", pools.OPEN, pools.OPEN_QUOTED, quote)
    if concrete:
        return draws.pick("question/closed_concrete", pools.CLOSED_CONCRETE)
    return _one(draws, "question/closed", pools.CLOSED, pools.CLOSED_QUOTED, quote)


def questions(draws: Draws, person: Person, does: Mapping[str, bool]) -> Questions:
    """The questions this reply asks."""
    is_open = does["open_questions"]
    main = _main(draws, person, is_open, does["concrete_moment"])
    pool = pools.OPEN if is_open else pools.CLOSED
    more = 0 if does["one_question"] or not person.spoken else 1 + (draws.uniform("question/third") < 0.4)
    extra = [text for text in draws.shuffled("question/extra", pool) if text != main][:more]
    short = draws.pick("question/short", pools.SHORT_OPEN if is_open else pools.SHORT_CLOSED)
    return Questions((*extra, main), short)
