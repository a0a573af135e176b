"""Tells whether a clause is an order at all, and whether it asks for its target or forbids it."""

from __future__ import annotations

from coaching_core.llm.providers.simulated import lexicon as lx
from coaching_core.llm.providers.simulated.clauses import Clause
from coaching_core.llm.providers.simulated.word_set import word_set

_LIMITS = frozenset({"unless", "until", "except"})
_COPULAS = frozenset(
    {"is", "are", "be", "should", "must", "have", "has", "do", "does", "will", "can", "may", "to", "was"}
)
_ROOM = frozenset({"room", "space", "time", "silence", "place"})


def _is_negator(words: tuple[str, ...], index: int) -> bool:
    word = words[index]
    if word not in lx.NEGATORS:
        return False
    after = words[index + 1] if index + 1 < len(words) else ""
    if word in {"leave", "leaving"}:
        return after not in lx.PERSON and after not in _ROOM
    if word == "drop":
        return index == 0
    if word == "miss":
        return index > 0
    if word == "fear":
        return bool(index)
    return True


def _resets(words: tuple[str, ...], index: int) -> bool:
    """Negation ends here: ", only …", "but …", or a comma outside a list joined by or."""
    word = words[index]
    if word in {"but", ";"}:
        return True
    after = words[index + 1] if index + 1 < len(words) else ""
    if word == "," and after in {"only", "just", "more", "even"}:
        return after != "even"
    return word == "," and "or" not in words[index:] and "nor" not in words[index:] and not {"for", "except"} & {after}


def _limited(words: tuple[str, ...], index: int) -> bool:
    return any(word in _LIMITS for word in words[:index])


def negated(clause: Clause, index: int) -> bool:
    """Whether the target at ``index`` is forbidden; two negations make none."""
    words, count = clause.words, clause.carried
    for place in range(min(index, len(words))):
        if _resets(words, place):
            count = 0
        elif _is_negator(words, place):
            count += 1
    return (count + _verdict(words[index + 1 :])) % 2 == 1


def _verdict(after: tuple[str, ...]) -> int:
    """Negations that come after the target as its predicate: "… are forbidden", "… should not be used"."""
    copula = next((i for i, word in enumerate(after[:4]) if word in _COPULAS), None)
    if copula is None or any(w in {"that", "which", ",", "only", "when", "if", "unless"} for w in after[:copula]):
        return 0
    rest = after[copula : copula + 7]
    if "," in rest:
        rest = rest[: rest.index(",")]
    return sum(word in lx.VERDICTS_AGAINST or word in {"not", "never", "no", "off"} for word in rest)


def limited(clause: Clause, index: int) -> bool:
    """Whether the target stands in an "unless …" tail and says nothing by itself."""
    return _limited(clause.words, index)


def _first(words: tuple[str, ...]) -> int:
    index = 0
    while index < len(words) - 1 and (words[index] in lx.FILLERS or words[index] in {",", ":"}):
        index += 1
    return index


_TASTES = word_set("likes hates loves dislikes prefers avoids wants needs fears enjoys asked got felt said told")


def _tells_about_somebody(words: tuple[str, ...], start: int) -> bool:
    head = words[start : start + 3]
    if head[0] == "there":
        return "no" not in words
    if head[0] == "it" and set(words) & (lx.VERDICTS_AGAINST | lx.VERDICTS_FOR):
        return False
    if set(head[1:]) & {"was", "were"} and head[0] not in lx.IMPERATIVES:
        return True
    if len(head) > 1 and head[1] in _TASTES and head[0] not in lx.COACH:
        return True
    if head[0] in {"i", "we"}:
        return not set(words) & {"want", "expect", "like", "need", "ask"}
    named = head[0] in lx.SUBJECTS and head[0] not in lx.IMPERATIVES
    person = len(head) > 1 and head[0] in {"the", "a", "an", "each", "good", "few"} and head[1] in lx.PERSON
    if not named and not person:
        return False
    return not set(words) & (lx.MODALS - {"can", "may", "will", "need", "goal"})


def is_order(clause: Clause) -> bool:
    """Whether the clause tells the coach to do or to leave something."""
    words = clause.words
    if not words:
        return False
    start = _first(words)
    if _tells_about_somebody(words, start):
        return False
    if clause.heading and words[start] == "open":
        return False
    if words[start] in lx.IMPERATIVES or words[start] in lx.NEGATORS:
        return len(words) > 1 or words[start] in lx.SUMMARISE
    if words[start] in {"there", "wordlimit", "we", "i"}:
        return True
    if set(words) & (lx.COACH | lx.MODALS | lx.VERDICTS_AGAINST | lx.VERDICTS_FOR):
        return True
    known = lx.KEYWORDS | lx.ONE | lx.UNDER | {"whathow", "atmost", "whattodo"} | lx.CONCRETE
    if not clause.heading and (words[start] in known or words[start].isdigit()):
        return True
    return not clause.heading and bool(
        set(words) & (lx.IMPERATIVES - {"open", "close", "name", "question", "set", "not", "no"})
    )
