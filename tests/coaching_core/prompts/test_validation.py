"""Every input that must be refused, with its message, and that nothing is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from coaching_core.errors import InvalidPromptError
from coaching_core.prompts.models import ModelSettings, Parameter, TopicUpdate, Validation
from coaching_core.prompts.service import PromptService
from coaching_core.prompts.validation import (
    MOST_PARAMETERS,
    check_facts,
    decode_prompt,
    parse_draft,
    parse_parameters,
    parse_settings,
)
from coaching_core.settings import Settings
from coaching_core.storage.database import Database
from tests.coaching_core.prompts.sample_topics import USER_NAME, everything, make_change, make_draft

LIMIT = 51_200
FACTS: dict[str, Any] = {"topic_id": "a", "name": "A", "topic_type": "single_shot", "category": "kpi"}


def _nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


BAD_CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"prompts": {"system": "Hi {{usr_name}}"}}, r"system prompt uses {{usr_name}}.*Did you mean {{user_name}}\?"),
    ({"prompts": {"system": "Hi {{zzzz}}"}}, r"{{zzzz}}, which is not declared.*Declared: user_name"),
    ({"parameters": ()}, r"uses {{user_name}}, which is not declared.*Declared: none"),
    ({"prompts": {"system": "é" * (LIMIT // 2) + "x"}}, r"has 51,201 bytes; at most 51,200 \(50 KB\)"),
    ({"prompts": {"system": "a\ud800b"}}, "lone surrogate.* at position 1"),
    ({"prompts": {"system": "ab\0"}}, "NUL character at position 2"),
    ({"prompts": {"systm": "x"}}, "no prompt type “systm”; there are system, .*Did you mean “system”"),
    ({"prompts": {"../../x": "x"}}, "no prompt type"),
    ({"prompts": {"system": " \n", "user": None}}, "All prompts are empty"),
    ({"prompts": {"system": None, "user": None}}, "All prompts are empty"),
    ({"parameters": (USER_NAME, Parameter(name="a"), Parameter(name="a"))}, "“a” is declared 2 times"),
    ({"parameters": tuple(Parameter(name=f"p{n}") for n in range(51))}, "51 parameters; a topic has at most 50"),
    ({"parameters": (USER_NAME, Parameter(name="n", type="number", default="x"))}, "default of “n” must be a number"),
    ({"parameters": (USER_NAME, Parameter(name="n", description="a\0"))}, "NUL"),
    ({"parameters": (USER_NAME, Parameter(name="n", default="\udfff"))}, "surrogate"),
    ({"parameters": (USER_NAME, Parameter(name="n", type="array", default=_nested(21)))}, "deeper than 20"),
    ({"parameters": (USER_NAME, Parameter(name="n", type="array", example=[float("inf")]))}, "not finite"),
    (
        {"parameters": (USER_NAME, Parameter(name="n", validation=Validation(type="range", minimum=1)))},
        "type string; it cannot have a validation of type range",
    ),
    ({"settings": ModelSettings(top_p=float("nan"))}, "settings has a number that is not finite|not finite"),
    ({"message": "  "}, "message is empty"),
    ({"message": "x" * 201}, "message has 201 characters; at most 200"),
    ({"message": "a\0b"}, "message has a NUL"),
    ({"author": " "}, "author is required"),
    ({"author": "\ud800"}, "author has half of a character"),
    ({"prompts": {"system": "You coach {{user_name}}.\n"}}, "Nothing changed since version 1"),
    ({"prompts": {"assistant": None}}, "Nothing changed"),
]


@pytest.mark.parametrize(("bad", "message"), BAD_CHANGES)
def test_a_bad_save_is_refused_and_nothing_is_stored(service: PromptService, bad: dict[str, Any], message: str) -> None:
    service.create_topic(make_draft(), "Ada", publish=True)
    before = everything(service)
    with pytest.raises(InvalidPromptError, match=message):
        service.save_version("goals", 1, make_change(**bad))
    assert everything(service) == before


BAD_DRAFTS: list[tuple[dict[str, Any], str]] = [
    ({"topic_id": "CoreValues"}, "topic id “CoreValues” has capitals; .*Write “corevalues”"),
    ({"topic_id": "core values"}, "topic id “core values” cannot be used"),
    ({"topic_id": ""}, "topic id is empty"),
    ({"topic_id": "../etc"}, "cannot be used"),
    ({"topic_id": "goals\n"}, "cannot be used"),
    ({"topic_id": "a" * 201}, "201 characters"),
    ({"topic_type": "single_shoot"}, "no topic type “single_shoot”.*Did you mean “single_shot”"),
    ({"category": "cooking"}, "no category “cooking”; there are coaching, analysis, strategy, kpi"),
    ({"name": " "}, "name is empty"),
    ({"name": "a\0"}, "NUL"),
    ({"description": "\ud800"}, "surrogate"),
    ({"prompts": {}}, "All prompts are empty"),
    ({"prompts": {"system": "{{nobody}}"}}, "not declared"),
    ({"message": ""}, "message is empty"),
]


@pytest.mark.parametrize(("bad", "message"), BAD_DRAFTS)
def test_a_bad_topic_is_refused_and_nothing_is_stored(
    service: PromptService, bad: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidPromptError, match=message):
        service.create_topic(make_draft(**bad), "Ada", publish=True)
    assert service.topic_ids() == frozenset()


def test_a_topic_needs_an_author(service: PromptService) -> None:
    with pytest.raises(InvalidPromptError, match="author is required"):
        service.create_topic(make_draft(), "")
    assert service.topic_ids() == frozenset()


@pytest.mark.parametrize("update", [{"name": ""}, {"topic_type": "none"}, {"category": "none"}, {"description": "\0"}])
def test_a_bad_update_changes_nothing(service: PromptService, update: dict[str, str]) -> None:
    service.create_topic(make_draft(), "Ada")
    before = everything(service)
    with pytest.raises(InvalidPromptError):
        service.update_topic("goals", TopicUpdate(**update), "Ada")  # type: ignore[arg-type]
    assert everything(service) == before


def test_the_limits_themselves_are_accepted(service: PromptService) -> None:
    text = "{{user_name}}" + "x" * (LIMIT - 13)
    fifty = (USER_NAME, *(Parameter(name=f"p{n}") for n in range(49)))
    service.create_topic(make_draft(), "Ada")
    saved = service.save_version(
        "goals", 1, make_change(text, parameters=fifty, message=" " + "m" * 200 + " ", author=" Ada ")
    )
    assert (len(saved.prompts["system"]), len(saved.parameters)) == (LIMIT, 50)
    assert (saved.message, saved.author) == ("m" * 200, "Ada")
    assert service.version("goals", 2) == saved


def test_all_problems_of_a_save_are_named_together(service: PromptService) -> None:
    service.create_topic(make_draft(), "Ada")
    change = make_change("{{nobody}}", parameters=(USER_NAME, USER_NAME))
    with pytest.raises(InvalidPromptError) as caught:
        service.save_version("goals", 1, change)
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"abc\xff", "byte 0xff at position 3"),
        (b"\xed\xa0\x80", "byte 0xed at position 0"),
        (b"ab\0", "NUL character at position 2"),
        (b"x" * 51_201, "51,201 bytes"),
    ],
)
def test_bytes_that_are_no_prompt_are_refused(content: bytes, message: str) -> None:
    with pytest.raises(InvalidPromptError, match=message):
        decode_prompt(content)


def test_bytes_that_are_a_prompt_are_decoded_exactly() -> None:
    assert decode_prompt("Grüße, 世界 🙂\r\n".encode()) == "Grüße, 世界 🙂\r\n"


@pytest.mark.parametrize(
    ("parse", "raw", "message"),
    [
        (parse_parameters, [{"name": "UserName"}], "“UserName” has capitals; .*Write “username”"),
        (parse_parameters, [{"name": "user-name"}], "cannot be used"),
        (parse_parameters, [{"name": "a", "type": "text"}], r"parameters\[0\].type: input should be 'string'"),
        (parse_parameters, [{"type": "string"}], "name: field required"),
        (parse_parameters, [{"name": "a", "defualt": 1}], "defualt: extra inputs"),
        (parse_parameters, [{"name": "a", "validation": {"type": "enum"}}], "enum needs its enum_values"),
        (parse_parameters, [{"name": "a", "validation": {"type": "range"}}], "needs a minimum or a maximum"),
        (
            parse_parameters,
            [{"name": "a", "validation": {"type": "range", "minimum": 2, "maximum": 1}}],
            "minimum 2 is above the maximum 1",
        ),
        (parse_parameters, [{"name": "a", "validation": {"type": "pattern", "pattern": "("}}], "unclosed group"),
        (parse_parameters, [{"name": "a", "default": _nested(50_000)}], "recursion"),
        (parse_parameters, [{"name": f"p{n}"} for n in range(10_000)], "10,000 parameters"),
        (parse_settings, {"temperature": 2.1}, "settings.temperature: input should be less than or equal to 2"),
        (parse_settings, {"max_turns": 0}, "greater than 0"),
        (parse_draft, {"topic_id": "a"}, "topic_type: field required"),
    ],
)
def test_plain_data_is_refused_in_our_words(parse: Callable[[Any], object], raw: Any, message: str) -> None:
    with pytest.raises(InvalidPromptError, match=message):
        parse(raw)


def test_unknown_settings_are_kept() -> None:
    settings = parse_settings({"temperature": 0, "top_p": 0.9, "stop": ["END"]})
    assert settings.model_dump(exclude_unset=True) == {"temperature": 0.0, "top_p": 0.9, "stop": ["END"]}


LONG = "n" * 200


@pytest.mark.parametrize(
    "fits",
    [
        {"topic_id": LONG},
        {"name": LONG},
        {"name": f"  {LONG}  "},
        {"description": "d" * 5_000},
        {"message": "m" * 200},
        {"topic_type": "kpi_system", "category": "kpi"},
        {"prompts": {"assistant": "Only this."}},
        {"prompts": {"system": "", "function": "x"}},
        {"parameters": (USER_NAME, Parameter(name=LONG))},
        {"parameters": (USER_NAME, Parameter(name="n", type="number", default=0, example=1.5))},
        {"parameters": (USER_NAME, Parameter(name="n", type="array", default=_nested(20)))},
    ],
)
def test_drafts_at_the_edge_of_the_rules_are_created(service: PromptService, fits: dict[str, Any]) -> None:
    draft = make_draft(**fits)

    assert service.create_topic(draft, LONG).name == draft.name.strip()


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"topic_id": "n" * 201}, "^The topic id has 201 characters; at most 200 are allowed.$"),
        ({"topic_id": "N" * 201}, "^The topic id “N{79}…” has capitals"),
        ({"name": "n" * 201}, "^The topic's name has 201 characters; at most 200 are allowed.$"),
        ({"name": " "}, "^The topic's name is empty.$"),
        (
            {"parameters": (USER_NAME, Parameter(name="n" * 201))},
            "^The parameter name “n{79}…” is longer than 200 characters.$",
        ),
        (
            {"topic_type": "x"},
            "^There is no topic type “x”; there are conversation_coaching, single_shot, kpi_system.$",
        ),
        ({"prompts": {}}, "^All prompts are empty. Write at least one.$"),
        ({"prompts": {"x": "y"}}, "^There is no prompt type “x”; there are system, user, assistant, function.$"),
    ],
)
def test_what_lies_beyond_the_edge_is_the_only_thing_named(
    service: PromptService, bad: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidPromptError, match=message):
        service.create_topic(make_draft(**bad), "Ada")


@pytest.mark.parametrize(
    ("author", "message"), [("a" * 201, "^The author has 201 characters; at most 200 are allowed.$"), ("a\0", "NUL")]
)
def test_an_author_that_cannot_be_stored_is_refused(service: PromptService, author: str, message: str) -> None:
    with pytest.raises(InvalidPromptError, match=message) as caught:
        service.create_topic(make_draft(), author)
    assert caught.value.field == "author"


def test_a_prompt_that_is_too_long_is_told_by_how_much() -> None:
    assert decode_prompt(b"x" * LIMIT) == "x" * LIMIT
    with pytest.raises(InvalidPromptError) as caught:
        decode_prompt(b"x" * (LIMIT + 1_234))
    assert str(caught.value) == (
        "The prompt has 52,434 bytes; at most 51,200 (50 KB) are allowed. Shorten it by 1,234."
    )


def test_a_prompt_type_that_cannot_name_a_file_is_refused(database: Database, store_settings: Settings) -> None:
    settings = store_settings.model_copy(update={"prompt_types": ["system", "a/b", "a-B_1"]})
    service = PromptService(database, settings)
    service.create_topic(make_draft(prompts={"a-B_1": "x"}), "Ada")
    with pytest.raises(InvalidPromptError, match="The prompt type “a/b” in PROMPT_TYPES cannot name a file"):
        service.create_topic(make_draft(topic_id="other", prompts={"a/b": "x"}), "Ada")


def test_facts_that_are_absent_are_not_looked_at(settings: Settings) -> None:
    check_facts({}, settings)
    check_facts({"name": None, "topic_type": None, "category": None, "description": None}, settings)
    with pytest.raises(InvalidPromptError) as caught:
        check_facts({"name": "", "topic_type": "x", "category": "y", "description": "\0"}, settings)
    assert len(str(caught.value).splitlines()) == 4


@pytest.mark.parametrize(("count", "refused"), [(0, False), (MOST_PARAMETERS, False), (MOST_PARAMETERS + 1, True)])
def test_fifty_parameters_are_the_most(count: int, refused: bool) -> None:
    raw = [{"name": f"p{number}"} for number in range(count)]
    if not refused:
        assert [one.name for one in parse_parameters(raw)] == [one["name"] for one in raw]
        assert len(parse_draft(FACTS | {"parameters": raw}).parameters) == count
        return
    for parse in (lambda: parse_parameters(raw), lambda: parse_draft(FACTS | {"parameters": tuple(raw)})):
        with pytest.raises(InvalidPromptError, match="There are 51 parameters; a topic has at most 50") as caught:
            parse()
        assert caught.value.field == "parameters"


def test_every_problem_of_plain_data_is_placed() -> None:
    raw = [{"name": "a", "type": "text", "required": "perhaps"}, {"name": "B"}]
    with pytest.raises(InvalidPromptError) as caught:
        parse_parameters(raw)
    lines = str(caught.value).splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "parameters[0].type",
        "parameters[0].required",
        lines[2].split(":")[0],
    ]
    assert lines[2].startswith("The parameter name “B” has capitals")
