"""Topics, their immutable versions, and what readers and editors of prompts pass around (ledger P1, P2, P5, P9)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import (
    AllowInfNan,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StrictFloat,
    StrictInt,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
    model_validator,
)

from coaching_core.prompts.patterns import pattern_problem
from coaching_core.prompts.problems import name_problem

ParameterType = Literal["string", "number", "boolean", "array", "object"]
DisplayOrder = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
Number = StrictInt | Annotated[StrictFloat, AllowInfNan(False)]


def _any_text(value: object, validate: ValidatorFunctionWrapHandler) -> str:
    return value if isinstance(value, str) else str(validate(value))


Text = Annotated[str, WrapValidator(_any_text)]
"""Text of a person. Broken characters pass here, so that the rules before a save can say where they are."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Validation(_Frozen):
    """Which values of a parameter are accepted beyond its type.

    Attributes:
        type: Says which of the other fields count.
        enum_values: The accepted values, for ``enum``.
        minimum, maximum: Least and greatest accepted number, both included, for ``range``.
        pattern: Regular expression the whole text must match, for ``pattern``; see :mod:`.patterns`.
    """

    type: Literal["enum", "range", "pattern"]
    enum_values: tuple[JsonValue, ...] | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    pattern: str | None = None

    @model_validator(mode="after")
    def _says_what_it_needs(self) -> Validation:
        problem = {"enum": self._enum_problem, "range": self._range_problem, "pattern": self._pattern_problem}[
            self.type
        ]()
        if problem:
            raise ValueError(problem)
        return self

    def _enum_problem(self) -> str | None:
        return None if self.enum_values else "an enum needs its enum_values"

    def _range_problem(self) -> str | None:
        if self.minimum is None and self.maximum is None:
            return "a range needs a minimum or a maximum"
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            return f"the minimum {self.minimum} is above the maximum {self.maximum}"
        return None

    def _pattern_problem(self) -> str | None:
        return pattern_problem(self.pattern) if self.pattern else "a pattern validation needs its pattern"


class Parameter(_Frozen):
    """One value that a topic's prompts may name as ``{{name}}``.

    Attributes:
        default: Used when no value is given; None means that there is none.
        example: Shown to people, and used for previews.
    """

    name: str
    type: ParameterType = "string"
    required: bool = False
    description: str = ""
    default: JsonValue = None
    example: JsonValue = None
    validation: Validation | None = None

    @field_validator("name")
    @classmethod
    def _plain_name(cls, name: str) -> str:
        if problem := name_problem("parameter name", name):
            raise ValueError(problem)
        return name


class ModelSettings(BaseModel):
    """How a topic wants its model called. Keys we do not know are kept as they are."""

    model_config = ConfigDict(frozen=True, extra="allow", protected_namespaces=())
    __pydantic_extra__: dict[str, JsonValue]

    default_model: str | None = None
    temperature: float | None = Field(None, ge=0, le=2)
    max_tokens: int | None = Field(None, gt=0)
    streaming: bool = True
    max_turns: int | None = Field(None, gt=0)


class TopicContent(_Frozen):
    """What a version freezes: all prompts by type, the parameters and the settings."""

    prompts: dict[Text, Text] = {}
    parameters: tuple[Parameter, ...] = ()
    settings: ModelSettings = ModelSettings()

    def same_content(self, other: TopicContent) -> bool:
        """Whether nothing that a version freezes differs. The order of parameters counts, that of keys does not."""
        return self._canonical() == other._canonical()

    def _canonical(self) -> str:
        frozen = self.model_dump(mode="json", include=set(TopicContent.model_fields))
        return json.dumps(frozen, sort_keys=True)


class TopicVersion(TopicContent):
    """One immutable snapshot of a topic's content.

    Attributes:
        number: 1, 2, 3, … within the topic, without holes.
        rolled_back_from: The older version whose content this one repeats, when it is a rollback.
    """

    topic_id: str
    number: int
    message: str
    author: str
    created_at: AwareDatetime
    rolled_back_from: int | None = None


class TopicDraft(TopicContent):
    """A topic to be created; its content becomes version 1."""

    topic_id: Text
    name: Text
    topic_type: Text
    category: Text
    description: Text = ""
    display_order: DisplayOrder = 0
    is_active: bool = True
    message: Text = "First version"


class VersionChange(_Frozen):
    """What to save on top of a version. Parts that are None stay as they are.

    Attributes:
        prompts: By type; only the types named change, and None removes a type.
        message: Why, 1 to 200 characters.
        author: Who.
    """

    prompts: Mapping[Text, Text | None] | None = None
    parameters: tuple[Parameter, ...] | None = None
    settings: ModelSettings | None = None
    message: Text
    author: Text

    def applied_to(self, content: TopicContent) -> TopicContent:
        """The whole content after this change."""
        merged = {**content.prompts, **(self.prompts or {})}
        return TopicContent(
            prompts={prompt_type: text for prompt_type, text in merged.items() if text is not None},
            parameters=content.parameters if self.parameters is None else self.parameters,
            settings=content.settings if self.settings is None else self.settings,
        )


class Topic(_Frozen):
    """A topic without its content.

    Attributes:
        published_version: What readers get; None before the first publication.
        latest_version: The newest version, published or not.
    """

    topic_id: str
    name: str
    topic_type: str
    category: str
    description: str
    display_order: int
    is_active: bool
    published_version: int | None
    latest_version: int
    created_at: AwareDatetime
    created_by: str
    updated_at: AwareDatetime
    updated_by: str

    @property
    def has_draft(self) -> bool:
        """Whether something newer than the published version was saved."""
        return self.latest_version > (self.published_version or 0)


class TopicSummary(_Frozen):
    """A topic as a list shows it: who published and who saved last, no content."""

    topic: Topic
    published_by: str | None
    published_at: AwareDatetime | None
    latest_author: str
    latest_at: AwareDatetime
    latest_message: str

    @property
    def has_draft(self) -> bool:
        """Whether something newer than the published version was saved."""
        return self.topic.has_draft


class TopicUpdate(_Frozen):
    """What to change about a topic itself. Fields that are None stay as they are."""

    name: Text | None = None
    description: Text | None = None
    topic_type: Text | None = None
    category: Text | None = None
    display_order: DisplayOrder | None = None


class Publication(_Frozen):
    """One move of the published pointer."""

    topic_id: str
    number: int
    previous: int | None
    published_by: str
    published_at: AwareDatetime


class PromptTemplate(_Frozen):
    """What a reader needs to build a request; a topic may lack one of the two prompts."""

    topic: str
    version: int
    system_prompt: str | None
    user_prompt_template: str | None
    parameters: tuple[Parameter, ...]
