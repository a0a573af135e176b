"""Errors are for people: what happened, what to do, and what a caller may read off them."""

from __future__ import annotations

import inspect
import re

import pytest

from coaching_core import errors
from coaching_core.errors import (
    ConflictError,
    InvalidAssessmentError,
    InvalidDatasetError,
    InvalidInputError,
    InvalidPromptError,
    LimitReachedError,
    ModelCallError,
    ModelNotFoundError,
    NotFoundError,
    PromptNotFoundError,
    ProviderDownError,
    ProviderPausedError,
    RateLimitedError,
    RunNotFoundError,
    StoreError,
    StoreInUseError,
    TopicNotFoundError,
    WorkbenchError,
)

CLASSES = {name: one for name, one in vars(errors).items() if inspect.isclass(one) and issubclass(one, Exception)}


def test_the_drawn_tree_is_the_tree() -> None:
    drawn: dict[str, int] = {}
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"^    ([│ ├└─]*)(\w+Error)\b", line)
        if found:
            drawn[found[2]] = len(found[1]) // 4
    names = list(drawn)

    assert set(names) == set(CLASSES)
    for place, name in enumerate(names[1:], start=1):
        parent = next(above for above in reversed(names[:place]) if drawn[above] == drawn[name] - 1)
        assert CLASSES[name].__bases__ == (CLASSES[parent],), name


@pytest.mark.parametrize(
    ("error", "words", "facts"),
    [
        (InvalidInputError("Too long.", "name"), "Too long.", {"field": "name"}),
        (InvalidInputError("Too long."), "Too long.", {"field": None}),
        (InvalidPromptError("Empty.", field="prompts"), "Empty.", {"field": "prompts"}),
        (InvalidAssessmentError("No."), "No.", {"field": None}),
        (
            InvalidDatasetError("a/items.jsonl", 3, "no JSON"),
            "a/items.jsonl, line 3: no JSON",
            {"file": "a/items.jsonl", "line": 3, "reason": "no JSON", "field": None},
        ),
        (InvalidDatasetError("card.yaml", None, "missing"), "card.yaml: missing", {"line": None}),
        (TopicNotFoundError("goals"), "There is no topic “goals”.", {"topic_id": "goals"}),
        (
            PromptNotFoundError("goals", "user"),
            "Topic “goals” has no prompt “user”.",
            {"topic": "goals", "prompt_type": "user"},
        ),
        (ModelNotFoundError("gpt"), "There is no model “gpt”.", {"model": "gpt", "nearest": ()}),
        (
            ModelNotFoundError("gpt", ["a", "b"]),
            "There is no model “gpt”. Did you mean a, b?",
            {"nearest": ("a", "b")},
        ),
        (RunNotFoundError("r1"), "There is no run “r1”.", {"run_id": "r1"}),
        (ConflictError("Second.", 4), "Second.", {"current": 4}),
        (ConflictError("Second."), "Second.", {"current": None}),
        (StoreInUseError("Held.", "http://localhost:1"), "Held.", {"url": "http://localhost:1"}),
        (StoreInUseError("Held."), "Held.", {"url": None}),
        (ModelCallError("Broke.", "I hear"), "Broke.", {"partial_text": "I hear"}),
        (ModelCallError("Broke."), "Broke.", {"partial_text": ""}),
        (RateLimitedError("Slow down.", 2.5), "Slow down.", {"retry_after": 2.5, "partial_text": ""}),
        (RateLimitedError("Slow down."), "Slow down.", {"retry_after": None}),
        (ProviderPausedError("Paused.", 9.0), "Paused.", {"retry_after": 9.0, "partial_text": ""}),
        (
            LimitReachedError("Full.", "l1", 60.0, "2026-01-01T00:00:00Z"),
            "Full.",
            {"limit_id": "l1", "retry_after": 60.0, "resets_at": "2026-01-01T00:00:00Z"},
        ),
    ],
)
def test_an_error_says_it_and_carries_it(error: WorkbenchError, words: str, facts: dict[str, object]) -> None:
    assert str(error) == words
    assert {name: getattr(error, name) for name in facts} == facts


def test_who_catches_the_kind_catches_the_case() -> None:
    for kind, cases in {
        NotFoundError: (TopicNotFoundError, PromptNotFoundError, ModelNotFoundError, RunNotFoundError),
        InvalidInputError: (InvalidPromptError, InvalidDatasetError, InvalidAssessmentError),
        StoreError: (StoreInUseError,),
        ModelCallError: (RateLimitedError, ProviderPausedError, LimitReachedError),
        ProviderDownError: (ProviderPausedError,),
    }.items():
        assert all(issubclass(case, kind) for case in cases)
