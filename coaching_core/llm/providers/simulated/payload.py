"""Reads the document a judge is given: rubric, conversation, points, answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a rubric."""

    id: str
    name: str
    description: str

    @property
    def text(self) -> str:
        """All it says of itself, in lower case."""
        return f"{self.id} {self.name} {self.description}".lower().replace("_", " ")


@dataclass(frozen=True, slots=True)
class JudgeTask:
    """What is to be judged.

    Attributes:
        lowest: Least score of the scale.
        highest: Best score of the scale.
        last_said: The person's last message.
        must: What a good answer does.
        must_not: What it leaves.
        answer: The text to judge.
    """

    lowest: int
    highest: int
    criteria: tuple[Criterion, ...]
    last_said: str
    must: tuple[str, ...]
    must_not: tuple[str, ...]
    answer: str


def _objects(text: str) -> list[dict[str, Any]]:
    decoder, start = json.JSONDecoder(), text.find("{")
    found: list[Any] = []
    while start >= 0 and len(found) < 20:
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            found.append(value)
        start = text.find("{", end)
    return [value for value in found if isinstance(value, dict)]


def _strings(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _criterion(value: object) -> Criterion | None:
    if not isinstance(value, dict) or "id" not in value:
        return None
    return Criterion(str(value["id"]), str(value.get("name") or ""), str(value.get("description") or ""))


def _last_said(conversation: object) -> str:
    turns = [turn for turn in conversation if isinstance(turn, dict)] if isinstance(conversation, list) else []
    said = [str(turn.get("content") or "") for turn in turns if turn.get("role") == "user"]
    return said[-1] if said else ""


def _bound(scale: object, name: str, default: int) -> int:
    value = scale.get(name) if isinstance(scale, dict) else None
    return int(value) if isinstance(value, int | float) and abs(value) < 1e6 else default


def read_task(text: str) -> JudgeTask | None:
    """The judge's task in ``text``, also when other text surrounds it; None when there is none."""
    for value in _objects(text):
        rubric = value.get("rubric")
        if value.get("task") != "pointwise" or not isinstance(rubric, dict) or "answer" not in value:
            continue
        listed = rubric.get("criteria")
        criteria = [_criterion(item) for item in listed] if isinstance(listed, list) else []
        scale = rubric.get("scale")
        return JudgeTask(
            _bound(scale, "min", 1),
            _bound(scale, "max", 10),
            tuple(c for c in criteria if c is not None),
            _last_said(value.get("conversation")),
            _strings(value.get("must")),
            _strings(value.get("must_not")),
            str(value.get("answer") or ""),
        )
    return None
