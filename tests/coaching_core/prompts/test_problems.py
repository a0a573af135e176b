"""What is said about names, texts and values that cannot be taken."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching_core.prompts.problems import (
    DEEPEST_VALUE,
    json_problem,
    name_problem,
    nearest_hint,
    refusal,
    shortened,
    text_problem,
)


@pytest.mark.parametrize(
    ("count", "last"), [(1, "p0"), (20, "p19"), (21, "… and 1 more problems."), (1_520, "… and 1,500 more problems.")]
)
def test_twenty_problems_are_named_and_the_others_counted(count: int, last: str) -> None:
    error = refusal([f"p{number}" for number in range(count)], "prompts")
    lines = str(error).splitlines()

    assert lines[:20] == [f"p{number}" for number in range(min(count, 20))]
    assert (lines[-1], error.field) == (last, "prompts")
    assert refusal(["p"]).field is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 79 + "…"),
        ("a\0b", "a?b"),
        ("a\ud800b", "a?b"),
        ("größe", "größe"),
        ("", ""),
    ],
)
def test_a_quoted_text_is_short_and_printable(text: str, shown: str) -> None:
    assert shortened(text) == shown


@given(st.text(alphabet=st.characters(), max_size=200))
def test_whatever_is_quoted_can_be_sent(text: str) -> None:
    assert len(shortened(text)) <= 80
    assert "\0" not in shortened(text)
    shortened(text).encode()


@pytest.mark.parametrize("name", ["a", "user_name", "7", "_", "a_1"])
def test_names_that_may_be(name: str) -> None:
    assert name_problem("topic id", name) is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "The topic id is empty. Use lower-case letters a to z, digits and _."),
        (
            "UserName",
            "The topic id “UserName” has capitals; only lower-case letters a to z, digits and _ are allowed. "
            "Write “username”.",
        ),
        ("a b", "The topic id “a b” cannot be used; only lower-case letters a to z, digits and _ are allowed."),
        ("größe", "The topic id “größe” cannot be used; only lower-case letters a to z, digits and _ are allowed."),
    ],
)
def test_names_that_may_not_be(name: str, problem: str) -> None:
    assert name_problem("topic id", name) == problem


def test_the_nearest_name_is_offered_in_the_shape_asked_for() -> None:
    assert nearest_hint("usr_name", ["age", "user_name"]) == " Did you mean “user_name”?"
    assert nearest_hint("usr_name", {"user_name"}, "{{{}}}") == " Did you mean {{user_name}}?"
    assert nearest_hint("zzz", ["age", "user_name"]) == ""
    assert nearest_hint("zzz", []) == ""


def test_texts_that_cannot_be_stored_are_told_where() -> None:
    assert text_problem("The text", "fine 🙂\n\t") is None
    assert text_problem("The text", "\0a") == (
        "The text has a NUL character at position 0, which cannot be stored. Remove it."
    )
    assert text_problem("The text", "ab\0") == (
        "The text has a NUL character at position 2, which cannot be stored. Remove it."
    )
    assert text_problem("The text", "a\udfff\ud800") == (
        "The text has half of a character (a lone surrogate) at position 1, which is no valid text. Remove it."
    )


def _nested(levels: int) -> Any:
    value: Any = []
    for _ in range(levels - 1):
        value = {"a": value} if isinstance(value, list) else [value]
    return value


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "text", [], {}, (1, ["a"]), {"a": {"b": 1}}, _nested(20)])
def test_values_that_can_be_stored(value: object) -> None:
    assert json_problem("It", value) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("a\0", "NUL character at position 1"),
        ({"k\0": 1}, "NUL character at position 1"),
        ({"k": "\ud800"}, "surrogate"),
        ([1, ("x", ["\0"])], "NUL"),
        (float("nan"), "a number that is not finite"),
        ([1.0, float("-inf")], "a number that is not finite"),
        (_nested(21), f"nested deeper than {DEEPEST_VALUE} levels"),
    ],
)
def test_values_that_cannot_be_stored(value: object, words: str) -> None:
    problem = json_problem("The default", value)

    assert problem is not None
    assert problem.startswith("The default ")
    assert words in problem
