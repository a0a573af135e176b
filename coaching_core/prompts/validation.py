"""The rules a topic and its prompts must keep before anything is saved (ledger P1, P2, P3)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from coaching_core.errors import InvalidPromptError
from coaching_core.prompts.models import ModelSettings, Parameter, TopicContent, TopicDraft
from coaching_core.prompts.problems import json_problem, name_problem, nearest_hint, refusal, shortened, text_problem
from coaching_core.prompts.rendering import placeholders
from coaching_core.prompts.values import validation_suits, value_problem
from coaching_core.settings import Settings

LARGEST_PROMPT_BYTES = 51_200
"""50 KB of UTF-8."""

MOST_PARAMETERS = 50
LONGEST_MESSAGE = 200
LONGEST_NAME = 200

_FILE_STEM = re.compile(r"[A-Za-z0-9_-]+")
_Model = TypeVar("_Model", bound=BaseModel)


def decode_prompt(content: bytes) -> str:
    """The text of a prompt that arrives as bytes (an upload, a file).

    Raises:
        InvalidPromptError: Not UTF-8; names the position of the first wrong byte. Or too long, or with a NUL.
    """
    if len(content) > LARGEST_PROMPT_BYTES:
        raise refusal([_too_long("The prompt", len(content))])
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        wrong = content[error.start]
        raise InvalidPromptError(
            f"The prompt is not valid UTF-8: byte 0x{wrong:02x} at position {error.start} does not belong there. "
            "Save the file as UTF-8 and try again."
        ) from error
    if problem := text_problem("The prompt", text):
        raise refusal([problem])
    return text


def parse_parameters(raw: Sequence[Mapping[str, Any]]) -> tuple[Parameter, ...]:
    """Parameters from plain data (a form, a request, a file).

    Raises:
        InvalidPromptError: Names every problem at once.
    """
    check_parameter_count(raw)
    return _parse(TopicContent, {"parameters": raw}).parameters


def parse_settings(raw: Mapping[str, Any]) -> ModelSettings:
    """Model settings from plain data.

    Raises:
        InvalidPromptError: Names every problem at once.
    """
    return _parse(TopicContent, {"settings": raw}).settings


def parse_draft(raw: Mapping[str, Any]) -> TopicDraft:
    """A topic to be created, from plain data.

    Raises:
        InvalidPromptError: Names every problem at once.
    """
    if isinstance(parameters := raw.get("parameters"), list | tuple):
        check_parameter_count(parameters)
    return _parse(TopicDraft, raw)


def check_draft(draft: TopicDraft, settings: Settings) -> None:
    """Check a topic that is to be created, with its content.

    Raises:
        InvalidPromptError: Names every problem at once.
    """
    problem = name_problem("topic id", draft.topic_id)
    if problem is None and len(draft.topic_id) > LONGEST_NAME:
        problem = f"The topic id has {len(draft.topic_id)} characters; at most {LONGEST_NAME} are allowed."
    _refuse_any([problem, *_fact_problems(dict(draft), settings), *_content_problems(draft, settings)])


def check_content(content: TopicContent, settings: Settings) -> None:
    """Check what a new version would freeze.

    Raises:
        InvalidPromptError: Names every problem at once.
    """
    _refuse_any(_content_problems(content, settings))


def check_facts(facts: Mapping[str, Any], settings: Settings) -> None:
    """Check fields of a topic itself: name, description, topic_type, category. Absent ones are not looked at.

    Raises:
        InvalidPromptError: Names every problem at once.
    """
    _refuse_any(_fact_problems(facts, settings))


def checked_message(message: str) -> str:
    """The message of a save without blanks around it.

    Raises:
        InvalidPromptError: Empty, longer than 200 characters, or not storable.
    """
    clean = message.strip()
    if not clean:
        raise refusal(["Say in a few words what you changed: the message is empty."], "message")
    if len(clean) > LONGEST_MESSAGE:
        raise refusal([f"The message has {len(clean)} characters; at most {LONGEST_MESSAGE} are allowed."], "message")
    if problem := text_problem("The message", clean):
        raise refusal([problem], "message")
    return clean


def checked_author(author: str) -> str:
    """The author's name without blanks around it.

    Raises:
        InvalidPromptError: Empty, longer than 200 characters, or not storable.
    """
    clean = author.strip()
    if not clean:
        raise refusal(["An author is required: say who makes this change."], "author")
    if len(clean) > LONGEST_NAME:
        raise refusal([f"The author has {len(clean)} characters; at most {LONGEST_NAME} are allowed."], "author")
    if problem := text_problem("The author", clean):
        raise refusal([problem], "author")
    return clean


def check_parameter_count(parameters: Sequence[object]) -> None:
    """Check the number of parameters before anything looks at them one by one.

    Raises:
        InvalidPromptError: More than 50.
    """
    if len(parameters) > MOST_PARAMETERS:
        raise refusal(
            [f"There are {len(parameters):,} parameters; a topic has at most {MOST_PARAMETERS}."], "parameters"
        )


def _content_problems(content: TopicContent, settings: Settings) -> Iterator[str | None]:
    check_parameter_count(content.parameters)
    if not any(text.strip() for text in content.prompts.values()):
        yield "All prompts are empty. Write at least one."
    declared = [parameter.name for parameter in content.parameters]
    for prompt_type, text in content.prompts.items():
        yield _type_problem(prompt_type, settings)
        yield from _prompt_problems(f"The {shortened(prompt_type)} prompt", text, declared)
    for name, count in Counter(declared).items():
        if count > 1:
            yield f"The parameter “{name}” is declared {count} times. Names must be unique."
    for parameter in content.parameters:
        yield from _parameter_problems(parameter)
    yield json_problem("The settings", {**dict(content.settings), **(content.settings.model_extra or {})})


def _type_problem(prompt_type: str, settings: Settings) -> str | None:
    if prompt_type not in settings.prompt_types:
        known = ", ".join(settings.prompt_types)
        hint = nearest_hint(prompt_type, settings.prompt_types)
        return f"There is no prompt type “{shortened(prompt_type)}”; there are {known}.{hint}"
    if not _FILE_STEM.fullmatch(prompt_type):
        return f"The prompt type “{prompt_type}” in PROMPT_TYPES cannot name a file. Use letters, digits, _ and -."
    return None


def _prompt_problems(what: str, text: str, declared: Sequence[str]) -> Iterator[str | None]:
    if problem := text_problem(what, text):
        yield problem
        return
    if (size := len(text.encode("utf-8"))) > LARGEST_PROMPT_BYTES:
        yield _too_long(what, size)
        return
    for name in placeholders(text):
        if name not in declared:
            known = ", ".join(declared) if declared else "none"
            hint = nearest_hint(name, declared, "{{{}}}") or f" Declared: {known}."
            yield f"{what} uses {{{{{shortened(name)}}}}}, which is not declared as a parameter.{hint}"


def _too_long(what: str, size: int) -> str:
    return (
        f"{what} has {size:,} bytes; at most {LARGEST_PROMPT_BYTES:,} (50 KB) are allowed. "
        f"Shorten it by {size - LARGEST_PROMPT_BYTES:,}."
    )


def _parameter_problems(parameter: Parameter) -> Iterator[str | None]:
    yield name_problem("parameter name", parameter.name)
    if len(parameter.name) > LONGEST_NAME:
        yield f"The parameter name “{shortened(parameter.name)}” is longer than {LONGEST_NAME} characters."
    what = f"The parameter “{shortened(parameter.name)}”"
    if problem := json_problem(what, dict(parameter) | {"validation": _plain(parameter)}, depth=-1):
        yield problem
        return
    if not validation_suits(parameter):
        yield f"{what} is of type {parameter.type}; it cannot have a validation of type {_kind(parameter)}."
        return
    for field in ("default", "example"):
        value = getattr(parameter, field)
        if value is not None and (problem := value_problem(parameter, value)):
            yield f"The {field} of “{parameter.name}” {problem}."


def _plain(parameter: Parameter) -> dict[str, Any] | None:
    return None if parameter.validation is None else dict(parameter.validation)


def _kind(parameter: Parameter) -> str:
    return "" if parameter.validation is None else parameter.validation.type


def _fact_problems(facts: Mapping[str, Any], settings: Settings) -> Iterator[str | None]:
    if (name := facts.get("name")) is not None:
        yield from _topic_name_problems(name)
    if (description := facts.get("description")) is not None:
        yield text_problem("The description", description)
    known = {"topic_type": settings.topic_types, "category": settings.topic_categories}
    for field, accepted in known.items():
        value = facts.get(field)
        if value is not None and value not in accepted:
            what = field.replace("_", " ")
            hint = nearest_hint(value, accepted)
            yield f"There is no {what} “{shortened(value)}”; there are {', '.join(accepted)}.{hint}"


def _topic_name_problems(name: str) -> Iterator[str | None]:
    if not name.strip():
        yield "The topic's name is empty."
    if len(name) > LONGEST_NAME:
        yield f"The topic's name has {len(name)} characters; at most {LONGEST_NAME} are allowed."
    yield text_problem("The topic's name", name)


def _refuse_any(problems: Sequence[str | None] | Iterator[str | None]) -> None:
    if found := [problem for problem in problems if problem]:
        raise refusal(found)


def _parse(model: type[_Model], raw: Mapping[str, Any]) -> _Model:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        problems = [_pydantic_problem(one["loc"], one["msg"]) for one in error.errors(include_url=False)]
    except RecursionError:
        problems = ["A value is nested too deeply."]
    raise refusal(problems)


def _pydantic_problem(location: Sequence[int | str], message: str) -> str:
    words = message.removeprefix("Value error, ")
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in location]
    where = shortened("".join(steps).lstrip("."))
    if words.endswith(".") or not where:
        return words
    return f"{where}: {words[:1].lower()}{words[1:]}."
