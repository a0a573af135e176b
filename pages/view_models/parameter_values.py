"""Values of parameters as a person types them, and back."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

from coaching_core.errors import InvalidInputError
from coaching_core.prompts.models import Parameter


def value_text(parameter: Parameter, value: object) -> str:
    """How a value stands in its field: texts as they are, lists and objects as JSON."""
    if value is None:
        return ""
    if parameter.type in ("array", "object"):
        return json.dumps(value, ensure_ascii=False, indent=1)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def read_values(parameters: Sequence[Parameter], typed: Mapping[str, object]) -> dict[str, object]:
    """The values that were typed; an empty field counts as not given.

    Raises:
        InvalidInputError: Names every field that cannot be read.
    """
    values: dict[str, object] = {}
    problems = []
    for parameter in parameters:
        entry = typed.get(parameter.name)
        if not isinstance(entry, str):
            values[parameter.name] = entry
            continue
        try:
            values[parameter.name] = _read(parameter, entry)
        except ValueError:
            problems.append(f"“{parameter.name}” must be {_FORMS[parameter.type]}.")
    if problems:
        raise InvalidInputError(" ".join(problems))
    return values


_FORMS = {
    "number": "a number, such as 3 or 0.5",
    "array": 'a JSON list, such as ["one", "two"]',
    "object": 'a JSON object, such as {"name": "value"}',
}


def _read(parameter: Parameter, entry: str) -> object:
    if parameter.type == "string":
        return entry
    if not entry.strip():
        return None
    if parameter.type == "number":
        number = float(entry.strip())
        if not math.isfinite(number):
            raise ValueError(parameter.type)
        return int(number) if number.is_integer() and abs(number) < 2**53 else number
    value = json.loads(entry)
    if not isinstance(value, list if parameter.type == "array" else dict):
        raise ValueError(parameter.type)
    return value
