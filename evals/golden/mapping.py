"""Which column of a table becomes which field of a golden item: proposed from its name, for a person to mend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from coaching_core.errors import InvalidInputError
from evals.golden.table import Table

SINGLE_FIELDS = (
    *("id", "topic", "phase", "difficulty", "split", "case", "cluster", "reference", "persona"),
    *("conversation", "user", "coach"),
)
"""Fields that one column fills. ``user`` and ``coach`` are single turns; ``conversation`` is a whole one."""

LIST_FIELDS = ("tags", "must", "must_not")
"""Fields that several columns may fill together."""

NAMED_FIELDS = ("expected", "parameters")
"""Fields of named values: a column fills ``expected.<label>``, or the whole of it with an object."""

_KNOWN_AS: dict[str, tuple[str, ...]] = {
    "id": ("id", "item id", "item", "key", "example id", "question id", "uid"),
    "topic": ("topic", "subject", "theme"),
    "phase": ("phase", "stage"),
    "difficulty": ("difficulty", "level", "hardness"),
    "split": ("split", "subset", "fold"),
    "case": ("case", "title", "description", "scenario", "situation"),
    "cluster": ("cluster", "group", "person id", "conversation id", "session id"),
    "reference": (
        *("reference", "reference answer", "reference output", "ideal", "ideal answer", "ideal response"),
        *("golden answer", "gold answer", "target", "output", "answer", "response", "completion", "expected answer"),
        *("expected output", "ground truth"),
    ),
    "persona": ("persona",),
    "conversation": ("conversation", "conversations", "transcript", "messages", "dialog", "dialogue", "chat", "turns"),
    "user": (
        *("user message", "user turn", "prompt", "question", "input", "message", "user", "user input", "query"),
        *("instruction", "utterance", "text"),
    ),
    "coach": ("coach", "coach turn", "coach turns", "coach message", "assistant", "assistant turn", "previous turn"),
    "tags": ("tags", "tag", "labels", "keywords", "category", "categories"),
    "must": ("must", "should", "required", "criteria", "must have"),
    "must_not": ("must not", "mustnt", "should not", "forbidden", "must not have"),
}
_NUMBERS = ("nr", "no", "number")
"""Names of a column that may number the rows; it does where no two are alike."""

_PEOPLE = ("person", "client", "coachee", "customer")
"""Names of a column that holds what people say, or only which of them it was."""

_SAYS = r"(?:sa(?:ys|id)|writes?|wrote|asks?|asked|tells?|told|message|turn|text|input|words|statement|utterance)"
_SOUNDS_LIKE = {
    "must_not": r"\b(?:(?:must|should|may|does|do|shall) not|mustnt|shouldnt|doesnt|dont|never|avoids?)(?: do| have)?$",
    "reference": r"\b(?:ideal|best|model|gold|sample|example|perfect|good) (?:answer|reply|response)$",
    "must": r"\b(?:must|should)(?: do| have)?$|\bgood (?:answer|reply|response|coach) (?:does|has|is|needs|would)\b",
    "coach": rf"\b(?:coach|assistant|bot|ai)s? {_SAYS}$",
    "user": rf"\b(?:user|person|client|coachee|customer|employee)s? {_SAYS}$",
}
"""Field to what is heard in longer names, such as “What the client says”."""

_PREFIXES = {
    "expected": ("expected", "label", "gold", "true"),
    "parameters": ("parameters", "parameter", "param", "params", "var", "variable"),
}
_USUAL_PARAMETERS = ("user_name", "role", "session_number", "name")
_WORDS_OF_A_NAME = 3
_NAME = re.compile(r"[\w.-]+")


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which column fills which field.

    Attributes:
        fields: Column to field; columns that are not in it are left out.
    """

    fields: Mapping[str, str]

    def columns_of(self, field: str) -> tuple[str, ...]:
        """The columns that fill a field, in the table's order."""
        return tuple(column for column, filled in self.fields.items() if filled == field)

    def named(self, field: str) -> tuple[tuple[str, str], ...]:
        """Column and name of each ``<field>.<name>``."""
        start = f"{field}."
        return tuple((each, filled[len(start) :]) for each, filled in self.fields.items() if filled.startswith(start))


def propose_mapping(table: Table) -> ColumnMapping:
    """Guess from the columns' names. What is not recognised is left out, unless nothing else could be answered."""
    fields: dict[str, str] = {}
    for guess in (_named, _sounded, _seen):
        for column in table.columns:
            field = None if column in fields else guess(column, table)
            if field and (field not in fields.values() or field in LIST_FIELDS):
                fields[column] = field
    if not {"conversation", "user"} & set(fields.values()):
        fields |= {column: f"parameters.{_slug(column)}" for column in table.columns if column not in fields}
    return ColumnMapping({column: fields[column] for column in table.columns if column in fields})


def mapping_from(pairs: Iterable[tuple[str, str]], table: Table, proposed: ColumnMapping) -> ColumnMapping:
    """A proposal with what a person says instead.

    Args:
        pairs: Field and column; an empty column leaves the field out.

    Raises:
        InvalidInputError: A field or a column is not known, or a column is named twice.
    """
    fields = dict(proposed.fields)
    chosen: set[str] = set()
    for field, column in pairs:
        check_field(field)
        if column and column not in table.columns:
            raise InvalidInputError(f"There is no column “{column}”. There are: {', '.join(table.columns)}.", field)
        if column in chosen:
            raise InvalidInputError(f"The column “{column}” is used for two fields.", field)
        if field not in LIST_FIELDS or not column:
            fields = {each: filled for each, filled in fields.items() if filled != field or each in chosen}
        if column:
            fields[column] = field
            chosen.add(column)
    return ColumnMapping({column: fields[column] for column in table.columns if column in fields})


def check_field(field: str) -> None:
    """Refuse what no column can fill.

    Raises:
        InvalidInputError: Names what can be filled.
    """
    kind, dot, name = field.partition(".")
    if dot and kind in NAMED_FIELDS and name:
        return
    if not dot and field in (*SINGLE_FIELDS, *LIST_FIELDS, *NAMED_FIELDS):
        return
    known = ", ".join((*SINGLE_FIELDS, *LIST_FIELDS, "expected.<label>", "parameters.<name>"))
    raise InvalidInputError(f"“{field}” is no field of an item. There are: {known}.", field)


def _named(column: str, _: Table) -> str | None:
    return _exact(column) or _numbered(column) or _prefixed(column)


def _exact(column: str) -> str | None:
    words = _words(column)
    if column.strip().lower() in NAMED_FIELDS:
        return column.strip().lower()
    return next((field for field, names in _KNOWN_AS.items() if words in names), None)


def _sounded(column: str, table: Table) -> str | None:
    if not _holds_sentences(column, table):
        return None
    words = _words(column)
    return next((field for field, form in _SOUNDS_LIKE.items() if re.search(form, words)), None)


def _seen(column: str, table: Table) -> str | None:
    """What a column of a vague name is, by what it holds."""
    words, cells = _words(column), _cells(column, table)
    if words in _NUMBERS:
        return "id" if len(set(cells)) == len(cells) else None
    if words in _PEOPLE:
        return "user" if _holds_sentences(column, table) else "cluster"
    return None


def _holds_sentences(column: str, table: Table) -> bool:
    """Whether its cells have the length of something said, not of a name or a number."""
    cells = _cells(column, table)
    return bool(cells) and median(len(cell.split()) for cell in cells) > _WORDS_OF_A_NAME


def _cells(column: str, table: Table) -> list[str]:
    return [str(row.values[column]) for row in table.rows if column in row.values]


def _numbered(column: str) -> str | None:
    """``must 1``, ``must_2``: several columns of one list."""
    words = re.sub(r" ?\d+$", "", _words(column))
    return next((field for field in LIST_FIELDS if words != _words(column) and words in _KNOWN_AS[field]), None)


def _prefixed(column: str) -> str | None:
    lowered = column.strip().lower()
    if lowered.replace(" ", "_") in _USUAL_PARAMETERS:
        return "parameters.user_name" if lowered == "name" else f"parameters.{_slug(column)}"
    for field, prefixes in _PREFIXES.items():
        for prefix in prefixes:
            match = re.fullmatch(rf"{prefix}([ ._:/-]+)(.+)", column.strip(), re.IGNORECASE)
            if match:
                return f"{field}.{match[2] if match[1] == '.' and _NAME.fullmatch(match[2]) else _slug(match[2])}"
    return "expected.label" if lowered == "label" else None


def _words(column: str) -> str:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column.replace("'", "").replace("’", ""))
    return " ".join(re.findall(r"[^\W_]+", apart.lower()))


def _slug(column: str) -> str:
    return "_".join(re.findall(r"[a-z0-9]+", column.lower())) or "value"
