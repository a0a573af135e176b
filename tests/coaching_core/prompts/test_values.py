"""Whether a value suits its parameter, and in which words it does not."""

from __future__ import annotations

from typing import Any

import pytest

from coaching_core.prompts.models import Parameter, Validation
from coaching_core.prompts.values import validation_suits, value_problem


def rule(**facts: Any) -> Validation:
    return Validation(**facts)


@pytest.mark.parametrize(
    ("kind", "good"),
    [
        ("string", ["", "x"]),
        ("number", [0, -1, 1.5, 10**30]),
        ("boolean", [True, False]),
        ("array", [[], (), [1, "a"]]),
        ("object", [{}, {"a": 1}]),
    ],
)
def test_values_of_their_type(kind: Any, good: list[object]) -> None:
    for value in good:
        assert value_problem(Parameter(name="p", type=kind), value) is None


@pytest.mark.parametrize(
    ("kind", "value", "problem"),
    [
        ("string", None, "must be a string, not nothing"),
        ("string", 1, "must be a string, not number"),
        ("string", float("nan"), "must be a string, not a number that is not finite"),
        ("number", "1", "must be a number, not string"),
        ("number", True, "must be a number, not boolean"),
        ("number", float("inf"), "must be a number, not a number that is not finite"),
        ("boolean", 0, "must be a boolean, not number"),
        ("array", {}, "must be an array, not object"),
        ("object", (1,), "must be an object, not array"),
        ("object", {1, 2}, "must be an object, not set"),
    ],
)
def test_values_of_another_type(kind: Any, value: object, problem: str) -> None:
    assert value_problem(Parameter(name="p", type=kind), value) == problem


@pytest.mark.parametrize(
    ("validation", "value", "problem"),
    [
        (rule(type="range", minimum=1, maximum=3), 0.999, "must be from 1 to 3"),
        (rule(type="range", minimum=1, maximum=3), 3.001, "must be from 1 to 3"),
        (rule(type="range", minimum=1, maximum=3), 1, None),
        (rule(type="range", minimum=1, maximum=3), 3, None),
        (rule(type="range", minimum=0), -1, "must be at least 0"),
        (rule(type="range", minimum=0), 0, None),
        (rule(type="range", maximum=0), 1, "must be at most 0"),
        (rule(type="range", maximum=0), -5, None),
        (rule(type="enum", enum_values=(1, 2)), 3, "must be one of 1, 2"),
        (rule(type="enum", enum_values=(1, 2)), 2.0, None),
        (rule(type="enum", enum_values=(True,)), 1, "must be one of True"),
        (rule(type="enum", enum_values=(1, 2), pattern="x"), 2, None),
    ],
)
def test_rules_about_numbers(validation: Validation, value: float, problem: str | None) -> None:
    assert value_problem(Parameter(name="p", type="number", validation=validation), value) == problem


@pytest.mark.parametrize(
    ("validation", "value", "problem"),
    [
        (rule(type="pattern", pattern="[a-z]{2}|x"), "ab", None),
        (rule(type="pattern", pattern="[a-z]{2}|x"), "x", None),
        (rule(type="pattern", pattern="[a-z]{2}|x"), "abc", "must match the pattern [a-z]{2}|x"),
        (rule(type="pattern", pattern="[a-z]{2}|x"), "ab\n", "must match the pattern [a-z]{2}|x"),
        (rule(type="pattern", pattern="a"), "ba", "must match the pattern a"),
        (rule(type="enum", enum_values=("a", "b")), "b", None),
        (rule(type="enum", enum_values=("a", "b")), "", "must be one of a, b"),
    ],
)
def test_rules_about_texts(validation: Validation, value: str, problem: str | None) -> None:
    assert value_problem(Parameter(name="p", validation=validation), value) == problem


RULES = {
    "enum": rule(type="enum", enum_values=(1,)),
    "range": rule(type="range", minimum=1),
    "pattern": rule(type="pattern", pattern="a"),
}


@pytest.mark.parametrize("kind", ["string", "number", "boolean", "array", "object"])
@pytest.mark.parametrize("name", ["enum", "range", "pattern"])
def test_which_rule_suits_which_type(kind: Any, name: str) -> None:
    suits = {"enum": {"string", "number", "boolean"}, "range": {"number"}, "pattern": {"string"}}[name]

    assert validation_suits(Parameter(name="p", type=kind, validation=RULES[name])) is (kind in suits)
    assert validation_suits(Parameter(name="p", type=kind))
