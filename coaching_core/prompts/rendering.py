"""Prompts with their values filled in: one literal pass, nothing escaped, nothing evaluated (ledger P3)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from coaching_core.prompts.models import Parameter
from coaching_core.prompts.problems import nearest_hint, refusal, shortened
from coaching_core.prompts.values import value_problem

_PLACEHOLDER = re.compile(r"\{\{([a-z0-9_]+)\}\}")


def placeholders(text: str) -> tuple[str, ...]:
    """The names of all ``{{name}}`` in a text, each once, in order.

    Only ``[a-z0-9_]+`` between double braces counts; ``{{ name }}``, ``{{Name}}`` and ``{{7*7}}`` are plain text.
    """
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))


def render(template: str, values: Mapping[str, object]) -> str:
    """Fill a template in one pass; what a value brings is never looked at again.

    Texts go in as they are, booleans as ``true`` and ``false``, numbers plainly (whole ones without ``.0``), None as
    nothing, arrays and objects as compact JSON. A placeholder without a value stays as it stands.
    """
    return _PLACEHOLDER.sub(
        lambda found: as_text(values[found[1]]) if found[1] in values else found[0],
        template,
    )


def as_text(value: object) -> str:
    """One value as a prompt shows it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value).removesuffix(".0")
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def complete_values(parameters: Sequence[Parameter], values: Mapping[str, object]) -> dict[str, object]:
    """The value of every parameter, checked, with defaults filled in.

    Args:
        parameters: What the topic declares.
        values: What the caller gave; None counts as not given.

    Returns:
        One value for each parameter, in their order; an optional one without default is an empty text.

    Raises:
        InvalidPromptError: Names every missing, unknown and unsuitable value at once.
    """
    problems = _unknown_names(parameters, values)
    complete: dict[str, object] = {}
    for parameter in parameters:
        given = values.get(parameter.name)
        value: object = parameter.default if given is None else given
        if value is not None and (problem := value_problem(parameter, value)):
            problems.append(f"“{parameter.name}” {problem}.")
        if value is None and parameter.required:
            problems.append(f"“{parameter.name}” is required.")
        complete[parameter.name] = "" if value is None else value
    if problems:
        raise refusal(problems)
    return complete


def _unknown_names(parameters: Sequence[Parameter], values: Mapping[str, object]) -> list[str]:
    known = {parameter.name for parameter in parameters}
    return [
        f"“{shortened(name)}” is not a parameter of this topic.{nearest_hint(name, known)}"
        for name in values
        if name not in known
    ]


def sample_values(parameters: Sequence[Parameter]) -> dict[str, object]:
    """Values to preview a prompt with: the example, else the default, else a readable stand-in."""
    return {parameter.name: _sample(parameter) for parameter in parameters}


def _sample(parameter: Parameter) -> Any:
    for value in (parameter.example, parameter.default):
        if value is not None:
            return value
    validation = parameter.validation
    if validation and validation.enum_values:
        return validation.enum_values[0]
    if validation and validation.type == "range":
        return validation.minimum if validation.minimum is not None else validation.maximum
    words = parameter.name.replace("_", " ").strip() or parameter.name
    stand_ins: dict[str, object] = {
        "string": f"[{words}]",
        "number": 1,
        "boolean": True,
        "array": [f"[{words}]"],
        "object": {parameter.name: f"[{words}]"},
    }
    return stand_ins[parameter.type]
