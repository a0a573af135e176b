"""Cuts a prompt into sentences, list entries and headings, as written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BULLET = re.compile(r"^\s*(?:>\s*)*(?:[-*+•–]\s+|\(?\d{1,2}[.)]\s+|\[[ xX]?\]\s*)+")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s*")
_ABBREVIATION = re.compile(r"\b(max|min|approx|e\.g|i\.e|etc|vs|incl|esp|no)\.(?=\s+[a-z0-9(])", re.IGNORECASE)
_END = re.compile(r"(?<=[.!?])[\"'”’)*_]*\s+|;\s*|\s+[—–]\s*|\s+-{1,2}\s+")
_FORBIDS = re.compile(r"(?:avoid|never|do not|don['’]t|dont|no|not|stop|what (?:not )?to avoid)\b", re.IGNORECASE)
_DOT = "\u2024"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a prompt.

    Attributes:
        text: As written, without list marks.
        heading: It stood in a heading.
        lead: The line that opened the list it stands in ("Avoid:"), or "".
    """

    text: str
    heading: bool = False
    lead: str = ""


@dataclass(slots=True)
class _Line:
    text: str
    heading: bool
    bullet: bool


def _lines(prompt: str) -> list[_Line]:
    lines: list[_Line] = []
    joinable = False
    for raw in prompt.splitlines():
        heading, bullet = bool(_HEADING.match(raw)), bool(_BULLET.match(raw))
        text = _BULLET.sub("", _HEADING.sub("", raw)).strip()
        if joinable and not heading and not bullet and text[:1].islower():
            lines[-1].text += " " + text
        elif "|" in text:
            lines.extend(_Line(cell.strip(), False, False) for cell in text.split("|") if cell.strip())
        elif text:
            lines.append(_Line(text, heading, bullet))
        joinable = bool(text) and not heading and "|" not in text and text[-1] not in ".!?:;"
    return lines


def _is_lead(line: _Line) -> bool:
    bare = line.text.strip("*_ ")
    forbids = line.heading and _FORBIDS.match(bare) is not None
    return not line.bullet and len(bare.split()) <= 8 and (bare.endswith(":") or forbids)


def sentences(prompt: str) -> Iterator[Sentence]:
    """The sentences of ``prompt`` in order; wrapped lines are joined, table cells stand alone."""
    lead = ""
    for line in _lines(prompt):
        if not line.bullet:
            lead = line.text.strip("*_: ") if _is_lead(line) else ""
        whole = _ABBREVIATION.sub(lambda m: m.group(1) + _DOT, line.text)
        for part in _END.split(whole):
            text = part.replace(_DOT, ".").strip()
            if text:
                yield Sentence(text, line.heading, lead if line.bullet else "")
