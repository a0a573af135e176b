"""Coachees, their focuses, sessions and interactions, and the assessments made of them (ledger A1).

The rules are those of seed 004, sections 1, 2 and 4. Every record is made with :meth:`Record.create`, which checks
them and says in words what is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from coaching_core.errors import InvalidAssessmentError

MOST_ACTIVE_FOCUSES = 3
"""A coachee works on at most this many focuses at once (seed 004, section 1)."""


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("holds a NUL character, which cannot be stored")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("is not valid Unicode text") from error
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


Text = Annotated[str, AfterValidator(_storable)]
"""Any text both databases can hold."""

Name = Annotated[Text, AfterValidator(_not_blank)]
"""An id, a title or a key: text with something in it."""


class AssessmentKind(StrEnum):
    """How much of a conversation an assessment looks at."""

    INTERACTION = "interaction"
    MULTI_TURN = "multi_turn"
    SESSION_SUMMARY = "session_summary"


class AssessmentCategory(StrEnum):
    """What an assessment is for: naming mistakes, or measuring progress."""

    ERROR = "error"
    PROGRESS = "progress"


class Severity(StrEnum):
    """How much a mistake matters."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Record(BaseModel):
    """What all records of this package share: frozen, strict about names, errors in our words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def create(cls, **fields: Any) -> Self:
        """Make a checked record.

        Args:
            **fields: The fields by name; plain values and nested dicts are accepted.

        Raises:
            InvalidAssessmentError: A rule is broken; ``field`` names the first field concerned.
        """
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            details = error.errors(include_url=False, include_context=False, include_input=False)
            message = "; ".join(_in_words(detail) for detail in details)
            first = details[0]["loc"]
            raise InvalidAssessmentError(
                f"This {cls.__name__} cannot be accepted: {message}.", field=str(first[0]) if first else None
            ) from error

    def as_row(self) -> dict[str, Any]:
        """The row of this record's table: its own fields, nested records as plain JSON."""
        return self.model_dump()


class Coachee(Record):
    """A person being coached."""

    id: Name
    tenant_id: Name
    name: Name
    created_at: AwareDatetime


class Focus(Record):
    """A learning goal or skill that can be measured."""

    id: Name
    tenant_id: Name
    title: Name
    description: Text = ""


class UserFocus(Record):
    """A focus a coachee has chosen; ``position`` 1 comes first."""

    id: Name
    tenant_id: Name
    user_id: Name
    focus_id: Name
    position: int = Field(ge=1, le=MOST_ACTIVE_FOCUSES)
    active: bool
    started_at: AwareDatetime
    updated_at: AwareDatetime


class UserSession(Record):
    """One sitting of a coachee; ``ended_at`` is None while it is open."""

    id: Name
    tenant_id: Name
    user_id: Name
    started_at: AwareDatetime
    ended_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.ended_at is not None and self.ended_at < self.started_at:
            raise ValueError("a session cannot end before it starts")
        return self


class Interaction(Record):
    """One turn: what the person wrote and what was answered."""

    id: Name
    tenant_id: Name
    session_id: Name
    user_text: Text
    ai_response: Text
    created_at: AwareDatetime


class Span(Record):
    """A stretch of the person's text in characters: ``start`` counts, ``end`` does not."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        if self.end < self.start:
            raise ValueError("a span cannot end before it starts")
        return self


class AssessmentError(Record):
    """One mistake found; ``key`` is the same for all mistakes of its sort, and what top errors are counted by."""

    key: Name
    message: Name
    severity: Severity
    suggestion: Text | None = None
    span: Span | None = None


class Assessment(Record):
    """Structured feedback on one interaction, on several, or on a whole session.

    Attributes:
        interaction_ids: Exactly one for ``interaction``, two or more for ``multi_turn``, none for
            ``session_summary``.
        focus_id: None when no single focus is meant, as in most session summaries.
        score: 1 to 10; None when nothing was scored. A mistake that was only named has no score.
        group_id: The same for all records one multi-turn evaluation brought, one for each focus.
    """

    id: Name
    tenant_id: Name
    user_id: Name
    session_id: Name
    interaction_ids: tuple[Name, ...] = ()
    focus_id: Name | None = None
    kind: AssessmentKind
    category: AssessmentCategory
    score: float | None = Field(default=None, ge=1, le=10, allow_inf_nan=False)
    explanation_text: Text = ""
    errors: tuple[AssessmentError, ...] = ()
    tags: tuple[Name, ...] = ()
    group_id: Name | None = None
    rubric_version: Name | None = None
    created_at: AwareDatetime

    @model_validator(mode="before")
    @classmethod
    def _score_is_a_number(cls, fields: Any) -> Any:
        if isinstance(fields, dict) and isinstance(fields.get("score"), bool | str):
            raise ValueError("score must be a number from 1 to 10, or nothing")
        return fields

    @model_validator(mode="after")
    def _kind_fits_interactions(self) -> Self:
        count = len(self.interaction_ids)
        wanted, fits = _INTERACTIONS_OF[self.kind], _fits(self.kind, count)
        if not fits:
            raise ValueError(f"kind “{self.kind}” needs {wanted}, {count} given")
        if len(set(self.interaction_ids)) != count:
            raise ValueError("an interaction is named twice in interaction_ids")
        return self

    def as_row(self) -> dict[str, Any]:
        """The row of the ``assessments`` table; what an error does not say is left out of its JSON."""
        return super().as_row() | {
            "interaction_ids": list(self.interaction_ids),
            "errors": [error.model_dump(mode="json", exclude_none=True) for error in self.errors],
            "tags": list(self.tags),
            "kind": str(self.kind),
            "category": str(self.category),
        }


def check_groups(assessments: Sequence[Assessment]) -> None:
    """Check that assessments recorded together keep the grouping rule of seed 004, section 4.

    Several multi-turn assessments of the same interactions are one evaluation, so they share one ``group_id``.

    Raises:
        InvalidAssessmentError: They do not.
    """
    groups: dict[tuple[str, str, frozenset[str]], list[str | None]] = {}
    for assessment in assessments:
        if assessment.kind is AssessmentKind.MULTI_TURN:
            key = (assessment.tenant_id, assessment.session_id, frozenset(assessment.interaction_ids))
            groups.setdefault(key, []).append(assessment.group_id)
    for group_ids in groups.values():
        if len(group_ids) > 1 and (None in group_ids or len(set(group_ids)) > 1):
            raise InvalidAssessmentError(
                f"{len(group_ids)} multi-turn assessments look at the same interactions, so they belong to one "
                "evaluation: give all of them the same group_id.",
                field="group_id",
            )


_INTERACTIONS_OF = {
    AssessmentKind.INTERACTION: "exactly one interaction id",
    AssessmentKind.MULTI_TURN: "two or more interaction ids",
    AssessmentKind.SESSION_SUMMARY: "no interaction id",
}


def _fits(kind: AssessmentKind, count: int) -> bool:
    if kind is AssessmentKind.MULTI_TURN:
        return count >= 2
    return count == (1 if kind is AssessmentKind.INTERACTION else 0)


def _in_words(detail: ErrorDetails) -> str:
    place = ".".join(str(part) for part in detail["loc"])
    message = detail["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message
