"""What can be wrong with names, texts and values of a prompt, in words for the person who wrote it."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Collection, Sequence

from coaching_core.errors import InvalidPromptError

DEEPEST_VALUE = 20
"""Levels of arrays and objects a default or an example may have."""

_NAME = re.compile(r"[a-z0-9_]+")
_MOST_SHOWN = 20
_LONGEST_SHOWN = 80


def refusal(problems: Sequence[str], field: str | None = None) -> InvalidPromptError:
    """One error that names every problem, one a line (the first twenty when there are more)."""
    shown = list(problems[:_MOST_SHOWN])
    if len(problems) > _MOST_SHOWN:
        shown.append(f"… and {len(problems) - _MOST_SHOWN:,} more problems.")
    return InvalidPromptError("\n".join(shown), field)


def shortened(text: str) -> str:
    """A text to be quoted in a message: at most 80 characters, and always printable."""
    clean = text.encode("utf-8", "replace").decode().replace("\0", "?")
    return clean if len(clean) <= _LONGEST_SHOWN else clean[: _LONGEST_SHOWN - 1] + "…"


def name_problem(kind: str, name: str) -> str | None:
    """What is wrong with an id or a parameter's name, or None (ledger P1, P2: ``^[a-z0-9_]+$``).

    Args:
        kind: How the message calls it, e.g. ``topic id``.
        name: The name as it was written.
    """
    if _NAME.fullmatch(name):
        return None
    if not name:
        return f"The {kind} is empty. Use lower-case letters a to z, digits and _."
    rule = "only lower-case letters a to z, digits and _ are allowed"
    if _NAME.fullmatch(name.lower()):
        return f"The {kind} “{shortened(name)}” has capitals; {rule}. Write “{shortened(name.lower())}”."
    return f"The {kind} “{shortened(name)}” cannot be used; {rule}."


def nearest_hint(name: str, known: Collection[str], shape: str = "“{}”") -> str:
    """`` Did you mean “user_name”?`` with the known name that comes nearest, or an empty text."""
    nearest = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean {shape.replace('{}', nearest[0])}?" if nearest else ""


def text_problem(what: str, text: str) -> str | None:
    """What keeps a text from being stored as UTF-8 by both databases, or None.

    Args:
        what: How the message calls the text, capitalised, e.g. ``The system prompt``.
        text: The text itself.
    """
    if (position := text.find("\0")) >= 0:
        return f"{what} has a NUL character at position {position}, which cannot be stored. Remove it."
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        return (
            f"{what} has half of a character (a lone surrogate) at position {error.start}, "
            "which is no valid text. Remove it."
        )
    return None


def json_problem(what: str, value: object, depth: int = 0) -> str | None:
    """What keeps a JSON value from being stored, or None: broken text, NaN, too many levels.

    Args:
        what: How the message calls the value, capitalised.
        value: The value itself.
        depth: Levels around it that count; -1 when its own outermost one does not.
    """
    if isinstance(value, str):
        return text_problem(what, value)
    if isinstance(value, float) and not math.isfinite(value):
        return f"{what} has a number that is not finite."
    if not isinstance(value, dict | list | tuple):
        return None
    if depth >= DEEPEST_VALUE:
        return f"{what} is nested deeper than {DEEPEST_VALUE} levels."
    parts = [part for pair in value.items() for part in pair] if isinstance(value, dict) else value
    return next((found for part in parts if (found := json_problem(what, part, depth + 1))), None)
