"""Brings a sentence of a prompt into clauses of plain words: normalised, corrected, cut where a new order begins."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from coaching_core.llm.providers.simulated.lexicon import IMPERATIVES, NEGATORS
from coaching_core.llm.providers.simulated.sentences import Sentence
from coaching_core.llm.providers.simulated.spelling import corrected

_QUOTES = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "`": "'",
        "´": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": "-",
    }
)
_WORD = re.compile(r"[a-z]+|\d+|[,:]")
_NOT = r"(?:not|never|no|avoid\w*|refrain\w*|without|nor|stop)"
_BUT = r"(?:but|except|other than|apart from|besides)"

_CONTRACTIONS: tuple[tuple[str, str], ...] = (
    (r"\b(do|does|did|is|are|was|were|has|have|had|should|would|could|must|need)n'?t\b", r"\1 not"),
    (r"\b(?:do'nt|donot|dotn|dnot|don t)\b", "do not"),
    (r"\b(?:nver|nevr|neve|never,? ever)\b", "never"),
    (r",? *(?:under any circumstances|ever|at all|whatever happens|in any case) *,", " "),
    (r"\b(?:can't|cannot|cant)\b", "can not"),
    (r"\bwon'?t\b", "will not"),
    (r"\{\{\s*user_?name\s*\}\}", "persons name"),
    (r"'s\b|s'(?=\s)", "s"),
    (r"[\"'*_`(){}\[\]]", " "),
)
_WORDINGS: tuple[tuple[str, str], ...] = (
    (r"\bopen[- ]?ended(ness)?\b", "openended"),
    (r"\bclosed?[- ]ended\b", "closed"),
    (r"\ba? ?(?:simple |mere |plain )?yes ?(?:[-/,]|or|and)+ ?(?:a )?no\b(?: answer\w*)?", " yesno "),
    (r"\b(?:one|single)[- ]word (?:answer|repl|response)\w*", " yesno "),
    (r"\beither[-/ ]or\b", " eitheror "),
    (r"\bthought[- ]provoking\b", "thoughtprovoking"),
    (r"\blong[- ]winded\b", "longwinded"),
    (r"\bin[- ](?:depth|detail)\b|\bat length\b", " detailed "),
    (r"\bproblem[- ]solv", "problemsolv"),
    (r"\bself[- ]harm\w*", "selfharm"),
    (r"\bnon[- ]?(?=[a-z]{4})", "non "),
    (r"\bto the point\b", "brief"),
    (r"\bwhat\W+(?:or|and|/)?\W*how\b|\bhow\W+(?:or|and|/)?\W*what\b", " whathow "),
    (r"\b(start|begin|open)(\w*) (with|by) (?:what|how)\b", r"\1\2 \3 whathow"),
    (r"\b(start|begin)(\w*) (with|by) (?:do|are|is|did|can|could|have|does|why) you\b", r"\1\2 \3 closed"),
    (
        r"\b(tell\w*|say\w*|show\w*|dictat\w*|know\w*)(( \w+){1,3}) what (to do|they should do|(she|he) should do)\b",
        r"\1\2 whattodo",
    ),
    (r"\b(?:a|one) hundred\b", "100"),
    (r"\bsum(?:ming|s)? up\b", "sumup"),
    (r"\b(?:push|pushing) back\b", "pushback"),
    (r"\bhand(?:ing|s)? (?:\w+ )?over\b", "handover"),
    (r"\bstop coaching\b", "stopcoaching"),
    (r"\b(?:out of|no (?:more )?) ?ideas\b", "outofideas"),
    (r"\b(?:dead end|does not know what to do|can not see a way \w+)\b", "deadend"),
    (r"\bfeel free\b|\bno (?:matter|doubt|hurry|rush)\b|\bwhether or not\b|\bwhy not\b|\bif not\b", " "),
    (r"\bshort of\b", " "),
    (r"\bup to\b", "upto"),
    (r"\bat (?:the )?(?:most|maximum)\b", "atmost"),
    (
        r"\b(?:hold\w* back|hold\w* off|(?:steer|stay|keep|shy|move|turn|step)\w* (?:clear|away)|back off|"
        r"keep \w+ out)\b",
        "refrain",
    ),
    (r"\b(?:keep)((?: \w+){1,4}) (?:to yourself|aside|out of it|out)\b", r"refrain \1"),
    (r"\b(?:instead of|rather than|in place of|as opposed to)\b", "ratherthan"),
    (r"\b(prefer|favou?r|choose)((?: \w+){1,3}) (?:over|to)\b", r"\1\2 ratherthan"),
    (r"\bnot only\b(?=.*\balso\b)", " "),
    (r"\bno longer than\b", "atmost"),
    (rf"\b(?:nothing|none|no (?:other )?(?:question|word)s?) {_BUT}\b", "only"),
    (
        rf"\b{_NOT}((?: \w+){{0,3}}?) (?:anything|any questions?|questions?|other questions?|one|any) {_BUT}\b",
        r"\1 only",
    ),
    (r"\banything but\b", "ratherthan"),
    (r"\blimit(?:ed|ing)? (?:yourself|them|it|the \w+|your \w+|\w+) to\b", "atmost"),
    (rf"\b{_NOT}((?: \w+){{0,4}}?) (?:more|longer|greater|bigger|higher)(?: words)? than\b(?! yesno)", r"\1 atmost"),
    (rf"\b{_NOT}((?: \w+){{0,3}}?) (?:exceed\w*|surpass\w*|go (?:over|above|beyond))\b", r"\1 atmost"),
    (r"\bmore than(?= (?:one|a single|1|two)\b(?! yesno| word))(?: a)? \w+", "several"),
    (r"\b(?:more than|beyond)(?= (?:a |just |an? )*yesno)", "not"),
    (r"\bmore than\b", "morethan"),
    (r"\b(?:fewer|less) than\b", "under"),
    (r"\bno limit\b", "no wordlimit"),
    (r"\b(?:word|length|size) limits?\b", "wordlimit"),
)


_LONGEST = 2000
"""Characters of a sentence that are read."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One order, or one statement.

    Attributes:
        words: Lower case, corrected, with commas and colons as words of their own; a leading "If …," is left out.
        context: Every word of the sentence it stands in.
        carried: Negations it takes over from the clause before ("never X or Y").
        heading: It stood in a heading.
    """

    words: tuple[str, ...]
    context: frozenset[str]
    carried: int = 0
    heading: bool = False


def plain(text: str) -> str:
    """``text`` in lower case, with straight quotes, contractions spelt out and fixed wordings joined."""
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES).lower()
    for pattern, replacement in _CONTRACTIONS:
        text = re.sub(pattern, replacement, text)
    text = re.sub(r"[a-z]{4,}", lambda match: corrected(match.group()), text)
    text = re.sub(r"\baks\b", "ask", text)
    for pattern, replacement in _WORDINGS:
        text = re.sub(pattern, replacement, re.sub(r"\s+", " ", text))
    return text


def _without_condition(words: list[str]) -> list[str]:
    conditions = {
        "if",
        "when",
        "whenever",
        "once",
        "where",
        "unless",
        "after",
        "before",
        "while",
        "under",
        "in",
        "during",
    }
    if words and words[0] in conditions - {"under", "in"} and "," in words:
        return words[words.index(",") + 1 :]
    return words


_NEVER_VERBS = frozenset(
    {
        "name",
        "open",
        "direct",
        "point",
        "question",
        "fix",
        "address",
        "call",
        "set",
        "end",
        "close",
        "state",
        "work",
        "help",
        "answer",
        "reply",
        "turn",
        "aim",
        "test",
        "challenge",
        "support",
        "advise",
        "hand",
        "fear",
        "leave",
        "leaving",
        "non",
        "read",
        "echo",
        "be",
        "forget",
    }
)


def _cut_here(words: list[str], index: int) -> bool:
    """A new order begins at ``index``: a joining word, then a verb or a negation."""
    joint, ahead = words[index - 1], words[index]
    if joint not in {",", "and", "but", "or", "nor", "then", "yet", "while"}:
        return False
    if joint == "but" or ahead in {"do", "never", "not", "avoid", "without"}:
        return ahead != "without" or joint == "but"
    noun_after_noun = ahead in _NEVER_VERBS and joint in {"and", "or"} and index + 1 >= len(words)
    return (
        ahead in IMPERATIVES
        and not ahead.endswith("ing")
        and not noun_after_noun
        and ahead
        not in {
            "advice",
            "solution",
            "solutions",
            "tips",
            "tip",
            "suggestions",
            "recommendations",
            "suggestion",
            "forbidden",
        }
    )


def _pieces(words: list[str]) -> list[tuple[list[str], str]]:
    pieces: list[tuple[list[str], str]] = [([], "")]
    for index, word in enumerate(words):
        if index and _cut_here(words, index):
            pieces.append(([], words[index - 1]))
        pieces[-1][0].append(word)
    return pieces


def clauses(sentence: Sentence) -> list[Clause]:
    """The clauses of a sentence, in order."""
    text = f"{sentence.lead} : {sentence.text}" if sentence.lead else sentence.text
    words = _WORD.findall(plain(text[:_LONGEST]))
    context = frozenset(words)
    result: list[Clause] = []
    for piece, joint in _pieces(_without_condition(words)):
        carried = 0
        listed = joint in {"or", "nor"} or (joint == "," and "or" in words)
        if listed and result and piece[0] not in NEGATORS:
            carried = sum(word in NEGATORS for word in result[-1].words) + result[-1].carried
        result.append(Clause(tuple(piece), context, carried, sentence.heading))
    return result
