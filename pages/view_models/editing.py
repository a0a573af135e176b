"""The unsaved edits of one topic: what changed since the version they were made on, and how it would be saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from coaching_core.prompts.models import ModelSettings, TopicVersion, VersionChange
from coaching_core.prompts.rendering import placeholders
from pages.view_models.parameter_rows import ParameterRow, parameters_from, rows_of


@dataclass(frozen=True, slots=True)
class Working:
    """A person's edits, kept while they look at other things.

    Attributes:
        base: The version the edits are made on.
        prompts: All prompts by type, as they are now.
        rows: The parameters, as they are now; they may not be valid yet.
        revision: Grows when the content changes other than by typing, so that widgets start afresh.
    """

    base: TopicVersion
    prompts: Mapping[str, str]
    rows: tuple[ParameterRow, ...]
    settings: ModelSettings
    message: str = ""
    revision: int = 0

    @property
    def is_dirty(self) -> bool:
        """Whether anything differs from the base."""
        return bool(self._changed_prompts()) or self._rows_differ() or self.settings != self.base.settings

    def with_prompt(self, prompt_type: str, text: str | None) -> Working:
        """One prompt replaced, added, or (None) removed."""
        prompts = {**self.prompts, prompt_type: text}
        return replace(self, prompts={each: kept for each, kept in prompts.items() if kept is not None})

    def afresh(self) -> Working:
        """The same edits in new widgets."""
        return replace(self, revision=self.revision + 1)

    def change(self, author: str) -> VersionChange:
        """What to save: only the parts that differ from the base, so that others' changes elsewhere stay.

        Raises:
            InvalidPromptError: The parameters cannot be read.
        """
        return VersionChange(
            prompts=self._changed_prompts() or None,
            parameters=parameters_from(self.rows) if self._rows_differ() else None,
            settings=self.settings if self.settings != self.base.settings else None,
            message=self.message,
            author=author,
        )

    def _rows_differ(self) -> bool:
        return self.rows != rows_of(self.base.parameters)

    def _changed_prompts(self) -> dict[str, str | None]:
        before = self.base.prompts
        changed: dict[str, str | None] = {each: text for each, text in self.prompts.items() if before.get(each) != text}
        return changed | {each: None for each in before if each not in self.prompts}


def start_working(base: TopicVersion, revision: int = 0) -> Working:
    """No edits yet."""
    return Working(base, base.prompts, rows_of(base.parameters), base.settings, revision=revision)


def would_be(newest: TopicVersion, change: VersionChange) -> TopicVersion:
    """What a change would become on top of the newest version."""
    content = change.applied_to(newest)
    return newest.model_copy(
        update={
            "prompts": content.prompts,
            "parameters": content.parameters,
            "settings": content.settings,
            "number": newest.number + 1,
        }
    )


@dataclass(frozen=True, slots=True)
class Placeholders:
    """The ``{{names}}`` a text uses, against those that are declared."""

    declared: tuple[str, ...]
    unknown: tuple[str, ...]


def check_placeholders(text: str, rows: tuple[ParameterRow, ...]) -> Placeholders:
    """Which placeholders of a text are declared and which are not."""
    names = {row.name.strip() for row in rows}
    used = placeholders(text)
    return Placeholders(tuple(n for n in used if n in names), tuple(n for n in used if n not in names))
