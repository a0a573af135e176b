from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching_core.errors import InvalidPromptError
from coaching_core.prompts.models import Parameter, Validation
from coaching_core.prompts.rendering import complete_values, placeholders, render, sample_values

NAMES = st.from_regex(r"[a-z0-9_]{1,8}", fullmatch=True)


def test_placeholders_come_once_each_in_order() -> None:
    assert placeholders("{{b}} {{a_1}} {{b}} {{ c }} {{D}} {{7*7}} {{}} {e}") == ("b", "a_1")


@pytest.mark.parametrize(
    "literal",
    [
        "{{7*7}}",
        "{0.__init__}",
        "{{ name }}",
        "{{Name}}",
        "{{name.__class__}}",
        "%(name)s",
        "${name}",
        "{{#name}}",
        "\\1",
    ],
)
def test_everything_but_a_placeholder_is_literal(literal: str) -> None:
    assert render(literal, {"name": "X"}) == literal
    assert render("{{name}}", {"name": literal}) == literal


def test_html_and_quotes_are_not_escaped() -> None:
    assert render("{{a}}", {"a": '<b>"O\'Neil" & co</b>'}) == '<b>"O\'Neil" & co</b>'


def test_more_braces_than_two_stay_around_the_value() -> None:
    assert render("{{{a}}}", {"a": "x"}) == "{x}"


def test_a_placeholder_without_a_value_stays() -> None:
    assert render("{{a}} {{b}}", {"a": "x"}) == "x {{b}}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (3, "3"),
        (3.0, "3"),
        (0.1, "0.1"),
        (95000.5, "95000.5"),
        (None, ""),
        ([], "[]"),
        (["a", 1, None, True], '["a",1,null,true]'),
        ({"é": "ß"}, '{"é":"ß"}'),
        (("a",), '["a"]'),
    ],
)
def test_values_are_written_plainly(value: object, text: str) -> None:
    assert render("<{{v}}>", {"v": value}) == f"<{text}>"


@given(values=st.dictionaries(NAMES, st.text()), names=st.lists(NAMES, max_size=6))
def test_one_pass_never_looks_at_what_a_value_brought(values: dict[str, str], names: list[str]) -> None:
    values = {
        name: f"{text}{{{{{other}}}}}" for (name, text), other in zip(values.items(), [*values][::-1], strict=True)
    }
    template = " ".join(f"{{{{{name}}}}}" for name in names)
    assert render(template, values) == " ".join(values.get(name, f"{{{{{name}}}}}") for name in names)


@given(text=st.text().filter(lambda text: not placeholders(text)), values=st.dictionaries(NAMES, st.text()))
def test_text_without_placeholders_is_unchanged(text: str, values: dict[str, str]) -> None:
    assert render(text, values) == text


@given(text=st.text(alphabet="{}ab_ 7*"), value=st.text())
def test_exactly_the_named_placeholders_are_replaced(text: str, value: str) -> None:
    names = placeholders(text)
    marked = render(text, dict.fromkeys(names, value))
    assert (marked == text) if not names else (marked.count(value) >= 1)


def test_defaults_and_empty_optionals_are_filled_in() -> None:
    parameters = (
        Parameter(name="b", required=True, default="x"),
        Parameter(name="a"),
        Parameter(name="n", type="number", default=0),
    )
    assert complete_values(parameters, {"a": None}) == {"b": "x", "a": "", "n": 0}
    assert list(complete_values(parameters, {"n": 2, "b": "y"})) == ["b", "a", "n"]


def test_every_problem_is_named_at_once() -> None:
    parameters = (
        Parameter(name="user_name", required=True),
        Parameter(name="age", type="number", validation=Validation(type="range", minimum=18, maximum=99)),
        Parameter(name="tone", validation=Validation(type="enum", enum_values=("warm", "dry"))),
        Parameter(name="code", validation=Validation(type="pattern", pattern="[A-Z]{2}")),
        Parameter(name="tags", type="array"),
    )
    with pytest.raises(InvalidPromptError) as caught:
        complete_values(parameters, {"user_nam": "A", "age": 7, "tone": "hot", "code": "ABC", "tags": {"a": 1}})
    assert str(caught.value).splitlines() == [
        "“user_nam” is not a parameter of this topic. Did you mean “user_name”?",
        "“user_name” is required.",
        "“age” must be from 18 to 99.",
        "“tone” must be one of warm, dry.",
        "“code” must match the pattern [A-Z]{2}.",
        "“tags” must be an array, not object.",
    ]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string", 1),
        ("string", True),
        ("number", "1"),
        ("number", True),
        ("number", float("nan")),
        ("boolean", 1),
        ("boolean", "true"),
        ("array", "[]"),
        ("object", []),
    ],
)
def test_types_are_not_bent(kind: str, value: object) -> None:
    with pytest.raises(InvalidPromptError, match=f"must be an? {kind}"):
        complete_values([Parameter(name="v", type=kind)], {"v": value})  # type: ignore[arg-type]


def test_both_ends_of_a_range_belong_to_it() -> None:
    age = Parameter(name="age", type="number", validation=Validation(type="range", minimum=18, maximum=99))
    assert [complete_values([age], {"age": value})["age"] for value in (18, 99, 99.0)] == [18, 99, 99.0]
    for outside in (17.999, 99.001):
        with pytest.raises(InvalidPromptError, match="must be from 18 to 99"):
            complete_values([age], {"age": outside})


def test_a_greedy_pattern_cannot_hang() -> None:
    slow_elsewhere = Parameter(name="v", validation=Validation(type="pattern", pattern="(a+)+b"))
    with pytest.raises(InvalidPromptError, match="must match"):
        complete_values([slow_elsewhere], {"v": "a" * 50_000})


def test_samples_take_the_example_then_the_default_then_a_stand_in() -> None:
    parameters = (
        Parameter(name="a", example="E", default="D"),
        Parameter(name="b", default="D"),
        Parameter(name="user_name"),
        Parameter(name="n", type="number", validation=Validation(type="range", minimum=5)),
        Parameter(name="e", validation=Validation(type="enum", enum_values=("one", "two"))),
        Parameter(name="ok", type="boolean"),
        Parameter(name="list", type="array"),
        Parameter(name="thing", type="object"),
    )
    samples = sample_values(parameters)
    assert [samples[name] for name in ("a", "b", "user_name", "n", "e")] == ["E", "D", "[user name]", 5, "one"]
    assert complete_values(parameters, samples) == samples


def test_a_boolean_is_not_the_number_an_enum_lists() -> None:
    sure = Parameter(name="sure", type="boolean", validation=Validation(type="enum", enum_values=(1, 0)))
    with pytest.raises(InvalidPromptError, match="must be one of 1, 0"):
        complete_values((sure,), {"sure": True})
