"""Parameters as rows of a table that people edit, and back."""

from __future__ import annotations

import json
import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, get_args

from coaching_core.prompts.models import Parameter, ParameterType
from coaching_core.prompts.problems import refusal
from coaching_core.prompts.validation import parse_parameters

TYPES: tuple[str, ...] = get_args(ParameterType)


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One parameter, its values as text: a string as it is, anything else as JSON. None means no value.

    Attributes:
        rule: The validation as JSON, when there is one.
    """

    name: str
    type: str = "string"
    required: bool = False
    default: str | None = None
    description: str = ""
    example: str | None = None
    rule: str | None = None


def rows_of(parameters: Iterable[Parameter]) -> tuple[ParameterRow, ...]:
    """The table's rows."""
    return tuple(
        ParameterRow(
            name=each.name,
            type=each.type,
            required=each.required,
            default=_shown(each.type, each.default),
            description=each.description,
            example=_shown(each.type, each.example),
            rule=None if each.validation is None else _json(each.validation.model_dump(exclude_none=True)),
        )
        for each in parameters
    )


def rows_from_cells(cells: Iterable[Mapping[Hashable, Any]]) -> tuple[ParameterRow, ...]:
    """Rows from what an editable table holds; rows in which nothing was written are left out."""
    rows = (_row({str(name): _known(value) for name, value in each.items()}) for each in cells)
    return tuple(row for row in rows if row != ParameterRow(name=""))


def rows_after(rows: Sequence[ParameterRow], edits: Mapping[str, Any]) -> tuple[ParameterRow, ...]:
    """The rows after what a table says was edited.

    Args:
        rows: What the table was given.
        edits: ``edited_rows`` by position, ``added_rows`` and ``deleted_rows``, as the table reports them.
    """
    cells = [{**each, **edits.get("edited_rows", {}).get(at, {})} for at, each in enumerate(cells_of(rows))]
    gone = set(edits.get("deleted_rows", ()))
    kept = [each for at, each in enumerate(cells) if at not in gone]
    return rows_from_cells([*kept, *edits.get("added_rows", ())])


def cells_of(rows: Iterable[ParameterRow]) -> list[dict[str, Any]]:
    """What an editable table is given."""
    return [asdict(row) for row in rows]


def parameters_from(rows: Sequence[ParameterRow]) -> tuple[Parameter, ...]:
    """The parameters the rows mean.

    Raises:
        InvalidPromptError: Names every problem at once.
    """
    problems: list[str] = []
    raw = [_raw(row, problems) for row in rows]
    if problems:
        raise refusal(problems, "parameters")
    return parse_parameters(raw)


def value_from(type_: str, text: str | None) -> Any:
    """The value that a cell's text means for a type.

    Raises:
        ValueError: The text is no JSON of this type's kind.
    """
    if text is None or type_ == "string":
        return text
    if not text.strip():
        return None
    return json.loads(text, parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number that can be stored")


def _raw(row: ParameterRow, problems: list[str]) -> dict[str, Any]:
    raw: dict[str, Any] = {
        "name": row.name.strip(),
        "type": row.type,
        "required": row.required,
        "description": row.description,
    }
    for field, type_ in (("default", row.type), ("example", row.type), ("rule", "object")):
        try:
            value = value_from(type_, getattr(row, field))
        except (ValueError, RecursionError):
            problems.append(_unreadable(row, field))
            continue
        raw["validation" if field == "rule" else field] = value
    return raw


def _unreadable(row: ParameterRow, field: str) -> str:
    what = f"The {field} of “{row.name or 'the parameter without a name'}”"
    if field == "rule":
        return f'{what} is not JSON. Write e.g. {{"type": "enum", "enum_values": ["a", "b"]}}.'
    hints = {"number": "3 or 0.5", "boolean": "true or false", "array": '["a", "b"]', "object": '{"key": "value"}'}
    return f"{what} cannot be read as {row.type}. Write e.g. {hints.get(row.type, 'a value')}."


def _row(cells: dict[str, Any]) -> ParameterRow:
    return ParameterRow(
        name=cells.get("name") or "",
        type=cells.get("type") or "string",
        required=bool(cells.get("required")),
        default=cells.get("default"),
        description=cells.get("description") or "",
        example=cells.get("example"),
        rule=cells.get("rule"),
    )


def _known(value: Any) -> Any:
    return None if value is None or (isinstance(value, float) and math.isnan(value)) else value


def _shown(type_: str, value: Any) -> str | None:
    if value is None:
        return None
    return value if type_ == "string" and isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
