"""Whether a value suits a parameter."""

from __future__ import annotations

import math

from coaching_core.prompts.models import Parameter, Validation
from coaching_core.prompts.patterns import matches_whole

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list, tuple),
    "object": (dict,),
}
_SUITS = {"enum": ("string", "number", "boolean"), "range": ("number",), "pattern": ("string",)}


def value_problem(parameter: Parameter, value: object) -> str | None:
    """Why a value is not accepted for a parameter, as ``must be …``, or None."""
    if not _has_type(parameter.type, value):
        article = "an" if parameter.type in ("array", "object") else "a"
        return f"must be {article} {parameter.type}, not {_kind(value)}"
    return None if parameter.validation is None else _validation_problem(parameter.validation, value)


def validation_suits(parameter: Parameter) -> bool:
    """Whether the kind of validation can apply to the parameter's type (no range of a text)."""
    return parameter.validation is None or parameter.type in _SUITS[parameter.validation.type]


def _has_type(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return isinstance(value, _TYPES[name])


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    names = (name for name in _TYPES if _has_type(name, value))
    return next(names, "a number that is not finite" if isinstance(value, float) else type(value).__name__)


def _validation_problem(validation: Validation, value: object) -> str | None:
    if validation.type == "enum":
        accepted = validation.enum_values or ()
        if any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in accepted):
            return None
        return f"must be one of {', '.join(str(one) for one in accepted)}"
    if validation.type == "range" and isinstance(value, int | float):
        return _range_problem(validation, value)
    if validation.pattern and isinstance(value, str) and not matches_whole(validation.pattern, value):
        return f"must match the pattern {validation.pattern}"
    return None


def _range_problem(validation: Validation, value: float) -> str | None:
    low, high = validation.minimum, validation.maximum
    if (low is None or value >= low) and (high is None or value <= high):
        return None
    if low is not None and high is not None:
        return f"must be from {low} to {high}"
    return f"must be at least {low}" if low is not None else f"must be at most {high}"
