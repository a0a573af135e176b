"""Regular expressions that people write to check values, matched in linear time.

Python's ``re`` can take minutes on a pattern such as ``(a+)+b``; the Rust engine inside pydantic cannot. It has no
look-around and no back-references.
"""

from __future__ import annotations

from functools import lru_cache

from pydantic_core import SchemaError, SchemaValidator, ValidationError, core_schema


def pattern_problem(pattern: str) -> str | None:
    """Why a pattern cannot be used, or None."""
    try:
        _compiled(pattern)
    except (SchemaError, UnicodeEncodeError) as error:
        reason = str(error).strip().splitlines()[-1].strip().removeprefix("error: ")
        return f"the pattern cannot be used: {reason}"
    return None


def matches_whole(pattern: str, text: str) -> bool:
    """Whether the whole text matches a pattern that :func:`pattern_problem` found no fault with."""
    try:
        _compiled(pattern).validate_python(text)
    except ValidationError:
        return False
    return True


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> SchemaValidator:
    SchemaValidator(core_schema.str_schema(pattern=pattern))
    return SchemaValidator(core_schema.str_schema(pattern=rf"\A(?:{pattern})\z"))
