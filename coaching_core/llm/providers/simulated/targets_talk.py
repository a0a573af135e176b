"""Finds in a clause what it says about questions, reflecting, feelings, advice and the person's name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from coaching_core.llm.providers.simulated import lexicon as lx
from coaching_core.llm.providers.simulated.clauses import Clause


@dataclass(frozen=True, slots=True)
class Target:
    """Where a clause speaks of a behaviour.

    Attributes:
        index: Place of the word that counts.
        inverted: It names the opposite (closed questions).
        value: For a limit: words.
        settled: The polarity is known already; negations are not counted.
    """

    index: int
    inverted: bool = False
    value: int | None = None
    settled: bool = False


def near(words: tuple[str, ...], index: int, group: Collection[str], before: int, after: int) -> bool:
    """Whether a word of ``group`` stands within so many words of ``index``."""
    return any(
        word in group for word in (*words[max(index - before, 0) : index], *words[index + 1 : index + 1 + after])
    )


_NOT_AFTER_OPEN = frozenset({"the", "a", "an", "each", "every", "by", "up", "to", "this", "your", "with"})


def _openness(words: tuple[str, ...], index: int) -> bool | None:
    """True for an open word, False for a closed one, None for neither."""
    word = words[index]
    after = words[index + 1] if index + 1 < len(words) else ""
    if word == "open" and (after in _NOT_AFTER_OPEN or after in lx.PERSON):
        return None
    if word in {"leading", "broad", "wide", "narrow", "loaded", "double"} and not near(
        words, index, lx.QUESTION_NOUNS, 5, 5
    ):
        return None
    if word in lx.OPEN:
        return True
    if word in lx.OPENING:
        linked = near(words, index, {"that", "which", "to", "letting"}, 5, 0)
        asked = any(w in lx.QUESTION_NOUNS for w in words[:index])
        return True if linked and asked else None
    return False if word in lx.CLOSED else None


def open_questions(clause: Clause) -> Target | None:
    """A question concept together with an openness concept."""
    words = clause.words
    if not clause.context & lx.ASKING or not (
        set(words) & lx.ASKING or set(words) & {"openended", "yesno", "ones", "open"}
    ):
        return None
    for index in range(len(words)):
        openness = _openness(words, index)
        if openness is not None and (
            set(words) & (lx.ASKING | {"ones"}) or words[index] in {"openended", "yesno", "open"}
        ):
            return Target(index, inverted=not openness)
    return None


def one_question(clause: Clause) -> Target | None:
    """A question concept together with a number."""
    words = clause.words
    asked = bool(set(words) & lx.ASKING)
    for index, word in enumerate(words):
        question_ahead = any(w in lx.QUESTION_NOUNS for w in words[index + 1 : index + 5])
        if word in lx.ONE and (
            question_ahead
            or (words[index + 1 : index + 4] == ("at", "a", "time"))
            or words[index + 1 : index + 5] == ("thing", "at", "a", "time")
        ):
            return Target(index)
        limited = near(words, index, {"atmost"}, 2, 0)
        if word in lx.MANY and asked and question_ahead and not limited and word != "more":
            return Target(index, inverted=True)
        if word in {"questions"} and words[index + 1 : index + 3] in {("at", "once"), ("at", "a")}:
            return Target(index, inverted=True)
    return None


def reflect(clause: Clause) -> Target | None:
    """Giving back what the person said."""
    words = clause.words
    for index, word in enumerate(words):
        ahead = words[index + 1 : index + 8]
        if word in lx.REFLECT_ALWAYS:
            return Target(index)
        if word in lx.REFLECT and "back" in ahead[:4] and set(ahead) & (lx.HEARD | {"what", "back"}):
            return Target(index)
        if word in {"reflect", "reflects", "reflecting"} and "on" not in ahead[:1] and set(ahead) & lx.HEARD:
            return Target(index)
        if word in lx.REFLECTION and near(
            words, index, lx.GIVE | {"begin", "start", "include", "use", "make", "no"}, 4, 0
        ):
            return Target(index)
    return _own_words(words)


def _own_words(words: tuple[str, ...]) -> Target | None:
    for index, word in enumerate(words):
        ahead = words[index + 1 : index + 7]
        before = words[max(index - 2, 0) : index]
        if word == "words" and set(before) & (lx.OWNERS | {"own", "exact"}) and "your" not in before:
            verb = next((i for i, w in enumerate(words[:index]) if w in lx.OWN_WORDS_VERBS), None)
            if verb is not None:
                return Target(index)
        if word in {"show", "prove"} and set(ahead) & {"heard", "listened", "listening", "listen"}:
            return Target(index)
        if word == "quote" and set(ahead) & lx.PERSON:
            return Target(index)
    return None


def feelings(clause: Clause) -> Target | None:
    """Naming or honouring what the person feels."""
    words = clause.words
    for index, word in enumerate(words):
        if word in lx.EMPATHY:
            return Target(index)
        touched = set(words) & lx.ACKNOWLEDGE or set(words[:index]) & lx.NEGATORS
        if word in lx.FEELING and (touched or "aside" in words):
            return Target(index)
    return None


def _found_by_the_person(words: tuple[str, ...], index: int) -> bool:
    before = words[:index]
    if near(words, index, {"own"}, 2, 0):
        return True
    verb = next((i for i, w in enumerate(before) if w in lx.ELICIT), None)
    if verb is None or not set(before[verb:]) & lx.PERSON:
        return False
    return not set(before[verb:]) & ({"with", "by"} | lx.GIVE)


def _is_advice(words: tuple[str, ...], index: int) -> bool:
    word, before = words[index], words[max(index - 3, 0) : index]
    if word in {"answers", "answer", "decision", "decisions"}:
        left = {"leave", "leaving", "own", "readymade", "refrain"} & set(words[:index])
        given = set(before) & lx.GIVE and set(before) & {"the", "their", "own", "made"} and word == "answers"
        return bool(left or given)
    if word == "propose":
        return near(words, index, {"actions", "measures"}, 0, 3)
    asked_for = "for" in before and bool(set(words[max(index - 6, 0) : index]) & {"ask", "asks", "asked", "asking"})
    step = near(words, index, lx.STEPS - {"actions"}, 0, 5) and near(words, index, lx.FIRSTS, 0, 4)
    return word in lx.ADVICE and not (step or (asked_for and set(words[:index]) & lx.PERSON))


def advice(clause: Clause) -> Target | None:
    """Advice, solutions and telling people what to do."""
    words = clause.words
    if clause.context & {"json", "strings", "keys"}:
        return None
    stuck = bool(clause.context & lx.STUCK) and not set(words) & lx.NEGATORS
    for index in range(len(words)):
        if not _is_advice(words, index) or set(words[max(index - 4, 0) : index]) & lx.MEDICAL or stuck:
            continue
        if clause.context & {"only", "before", "permission"} and clause.context & lx.ON_REQUEST:
            return Target(index, inverted=True, settled=True)
        return Target(index, inverted=_found_by_the_person(words, index))
    return None


def use_name(clause: Clause) -> Target | None:
    """Calling the person by name."""
    words = clause.words
    for index, word in enumerate(words):
        if word not in lx.NAME or not index:
            continue
        owned = near(words, index, lx.OWNERS | {"first", "by", "given"}, 3, 0) or words[index - 1] in {"use", "using"}
        owned = owned or words[index - 1] == "no"
        if owned and near(words, index, lx.NAME_VERBS | {"no"}, 6, 0) and "value" not in words:
            return Target(index)
    return None
