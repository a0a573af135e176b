"""The document a judge is given, found in whatever text surrounds it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coaching_core.llm.providers.simulated.payload import Criterion, JudgeTask, read_task

TASK = JudgeTask(0, 5, (Criterion("fit", "Fit", "D"),), "c", ("m", "1"), ("n",), "x")


def document(**changes: Any) -> str:
    """A judge's document with changes."""
    turns = [("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d")]
    facts: dict[str, Any] = {
        "task": "pointwise",
        "rubric": {"scale": {"min": 0, "max": 5}, "criteria": [{"id": "fit", "name": "Fit", "description": "D"}]},
        "conversation": [{"role": role, "content": content} for role, content in turns],
        "must": ["m", 1],
        "must_not": ["n"],
        "answer": "x",
    }
    return json.dumps(facts | changes)


@pytest.mark.parametrize(
    "text",
    [
        document(),
        f"Judge this: {document()} and nothing else",
        '[1] {"a": 1} { ' + document() + document(answer="y"),
        document(task="pairwise") + document(),
        "{} " * 19 + document(),
        "{ " * 50 + document(),
    ],
)
def test_the_first_document_is_found(text: str) -> None:
    assert read_task(text) == TASK


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{}",
        document(task="pairwise"),
        document(rubric=[]),
        json.dumps({"task": "pointwise", "rubric": {}}),
        "{} " * 20 + document(),
    ],
)
def test_other_text_holds_no_task(text: str) -> None:
    assert read_task(text) is None


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"answer": None}, "answer", ""),
        ({"answer": 7}, "answer", "7"),
        ({"conversation": "x"}, "last_said", ""),
        ({"conversation": [1, {"role": "assistant", "content": "b"}]}, "last_said", ""),
        ({"conversation": [{"role": "user", "content": "a"}, {"role": "user"}]}, "last_said", ""),
        ({"must": "m"}, "must", ()),
        ({"must_not": None}, "must_not", ()),
        ({"rubric": {"criteria": "x"}}, "criteria", ()),
        ({"rubric": {"criteria": [1, {"name": "n"}, {"id": 3, "name": None}]}}, "criteria", (Criterion("3", "", ""),)),
        ({"rubric": {}}, "lowest", 1),
        ({"rubric": {"scale": {"min": -1e7}}}, "lowest", 1),
        ({"rubric": {}}, "highest", 10),
        ({"rubric": {"scale": {"min": "a", "max": 1e6}}}, "highest", 10),
        ({"rubric": {"scale": {"min": "a", "max": 1e6}}}, "lowest", 1),
        ({"rubric": {"scale": {"min": -3.9, "max": 999_999}}}, "lowest", -3),
        ({"rubric": {"scale": {"min": -3.9, "max": 999_999}}}, "highest", 999_999),
    ],
)
def test_what_is_missing_or_odd_is_left_out(changes: dict[str, Any], field: str, value: object) -> None:
    task = read_task(document(**changes))

    assert getattr(task, field) == value
