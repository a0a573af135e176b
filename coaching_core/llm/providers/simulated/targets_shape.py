"""Finds in a clause what it says about length, examples, summaries, steps, options, challenge and safety."""

from __future__ import annotations

from coaching_core.llm.providers.simulated import lexicon as lx
from coaching_core.llm.providers.simulated.clauses import Clause
from coaching_core.llm.providers.simulated.targets_talk import Target, near

BRIEF_WORDS = 60
_UNITS = {"word": 1, "words": 1, "sentence": 18, "sentences": 18, "paragraph": 60, "paragraphs": 60, "lines": 12}
_NUMBERS = {
    word: number
    for number, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1
    )
} | {
    "single": 1,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "hundred": 100,
    "couple": 2,
    "few": 3,
}
_LARGEST = 100_000


def _number(word: str) -> int | None:
    if word.isdecimal() and len(word) <= 6:
        return int(word)
    return _NUMBERS.get(word)


_ELSEWHERE = (lx.PERSON - {"it", "them"}) | {"begin", "start", "open", "close", "end", "finish", "say"}


def _about_something_else(before: tuple[str, ...]) -> bool:
    """The sentences counted are the person's, or only a part of the reply."""
    return bool(set(before) & _ELSEWHERE) and not set(before) & (lx.REPLY - {"it", "yourself"})


def _measured(words: tuple[str, ...], index: int) -> Target | None:
    """A limit in words or sentences whose unit stands at ``index``."""
    before = words[max(index - 3, 0) : index]
    numbers = [n for w in before if (n := _number(w)) is not None]
    if not numbers:
        return None
    frame = words[max(index - 7, 0) : index]
    if words[index] not in {"word", "words"} and _about_something_else(words[:index]):
        return None
    if set(frame) & (lx.OVER - {"over", "above", "beyond"}) and "atmost" not in frame and "to" not in before:
        return Target(index, inverted=True)
    if words[index] in {"sentence", "word"} and not set(words) & (lx.UNDER | lx.REPLY | {"wordlimit", "answer"}):
        return None
    value = min(numbers[-1] * _UNITS[words[index]], _LARGEST)
    return Target(index, value=value) if value else None


def _brevity(words: tuple[str, ...], index: int) -> Target | None:
    word = words[index]
    if word == "tight" or (word not in lx.BRIEF and word not in lx.LONG):
        return None
    after = words[index + 1] if index + 1 < len(words) else ""
    ends = after in {"", ",", "and", "but", "or", "yet", "with", "when", "please", "as"} or after in lx.BRIEF | lx.LONG
    of_reply = near(words, index, lx.REPLY, 5, 3)
    about_reply = near(words, index, lx.LENGTH_VERBS | lx.REPLY, 5, 3) and (ends or of_reply)
    if not about_reply or (not ends and not near(words, index, lx.REPLY, 0, 3)):
        return None
    return Target(index, inverted=word in lx.LONG, value=BRIEF_WORDS)


def word_limit(clause: Clause) -> Target | None:
    """How long a reply may be."""
    words = clause.words
    if any(w in lx.ELICIT | {"ask"} and set(words[i:]) & lx.PERSON for i, w in enumerate(words[:2])):
        return None
    for index, word in enumerate(words):
        target = _measured(words, index) if word in _UNITS else _brevity(words, index)
        if target is not None:
            return target
        if word == "wordlimit" and set(words) & {"no", "ignore", "without", "not", "forget"}:
            return Target(index, inverted=True, settled=True)
        if word == "wordlimit" and (numbers := [n for w in words if (n := _number(w))]):
            return Target(index, value=min(numbers[-1], _LARGEST))
    return None


def concrete_moment(clause: Clause) -> Target | None:
    """Asking for a moment, an example, a situation."""
    words = clause.words
    for index, word in enumerate(words):
        if word in lx.ABSTRACT:
            return Target(index, inverted=True)
        if word in lx.CONCRETE and any(w in lx.MOMENT for w in words[index + 1 : index + 4]):
            return Target(index)
        if word in lx.EXAMPLE and near(words, index, {"ask", "asks", "asking", "invite", "request"}, 4, 0):
            return Target(index)
        happened = set(words[index + 1 : index + 7]) & {"happened", "happens", "occurred"}
        if word in {"when", "what"} and happened and set(words[:index]) & lx.ASKING:
            return Target(index)
    return None


def summarise(clause: Clause) -> Target | None:
    """Drawing together what was said."""
    words = clause.words
    for index, word in enumerate(words):
        if word in lx.SUMMARISE and not (index and words[index - 1] in lx.PERSON):
            return Target(index)
        cue = near(
            words, index, lx.GIVE | lx.STEP_CUES | lx.NEGATORS | {"begin", "start", "include", "make", "write"}, 5, 0
        )
        if word in lx.SUMMARY and cue:
            return Target(index)
    return None


def next_step(clause: Clause) -> Target | None:
    """Ending with something to do."""
    words = clause.words
    for index, word in enumerate(words):
        if word not in lx.STEPS:
            continue
        closing = near(words, index, lx.STEP_CUES, 6, 5)
        step = word in {"step", "steps"} and near(words, index, lx.FIRSTS - {"one", "single"}, 3, 0)
        if step or (closing and not near(words, index, {"at"}, 0, 2)):
            return Target(index)
    return None


def options_when_stuck(clause: Clause) -> Target | None:
    """Options for a person who is stuck."""
    words = clause.words
    for index, word in enumerate(words):
        stuck = bool(clause.context & lx.STUCK)
        offered = near(words, index, lx.OFFER | {"no"}, 5, 0) and word not in {
            "choice",
            "ideas",
            "suggestions",
            "suggestion",
        }
        if word not in lx.OPTIONS or not (stuck or offered):
            continue
        if stuck and clause.context & {"unless", "except", "until"}:
            return Target(index, settled=True)
        return Target(index)
    return None


def challenge(clause: Clause) -> Target | None:
    """Questioning what the person takes for granted."""
    words = clause.words
    for index, word in enumerate(words):
        before = words[index - 1] if index else ""
        as_noun = before in {"the", "a", "an", "this", "their", "your", "of", "each", "any", "new", "biggest"}
        if word in lx.CHALLENGE and (not as_noun or "without" in words[:index]):
            return Target(index)
        if word in lx.ASSUMPTION and set(words[:index]) & lx.TEST:
            return Target(index)
    return None


def safety(clause: Clause) -> Target | None:
    """Pointing to real help when coaching is not the answer."""
    words = clause.words
    if not clause.context & lx.CRISIS:
        return None
    for index, word in enumerate(words):
        if word == "stopcoaching" or (word == "handover" and clause.context & lx.REAL_HELP):
            return Target(index)
        helped = set(words[index + 1 :]) & lx.REAL_HELP or clause.context & (lx.REAL_HELP - {"help", "there", "number"})
        if word in lx.REFER and helped and set(words[index + 1 : index + 12]) & (lx.PERSON | lx.REAL_HELP):
            return Target(index)
        if word in lx.ADVICE and set(words[max(index - 4, 0) : index]) & lx.MEDICAL:
            return Target(index, inverted=True)
    return None
