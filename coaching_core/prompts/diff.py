"""What changed between two texts or two versions, ready to be shown side by side. Pure; no HTML here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from coaching_core.prompts.alignment import Effort, matching_blocks
from coaching_core.prompts.models import Parameter, TopicVersion
from coaching_core.prompts.similar_lines import SIMILAR_ENOUGH, pair_lines

LONGEST_SHOWN_STRETCH = 4
"""Longer stretches of equal lines are folded to their first and last line."""

RowKind = Literal["equal", "changed", "removed", "added", "skipped"]

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_TOKEN = re.compile(r"\s+|\w+\s*|[^\w\s]\s*")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a line, changed or not."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One line of the side-by-side view.

    Attributes:
        left_number, right_number: 1-based line numbers; None where that side has no line.
        left, right: The line, its newline included; empty where that side has no line.
        count: How many equal lines a ``skipped`` row stands for; else 0.
    """

    kind: RowKind
    left_number: int | None = None
    right_number: int | None = None
    left: tuple[Segment, ...] = ()
    right: tuple[Segment, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class TextDiff:
    """Two texts line by line. Unfolded, the left segments joined are the old text, the right ones the new text."""

    rows: tuple[DiffRow, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the texts are the same."""
        return all(row.kind in ("equal", "skipped") for row in self.rows)

    def lines(self, kind: RowKind) -> int:
        """How many rows are of this kind."""
        return sum(row.kind == kind for row in self.rows)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A parameter or a setting that differs; None where that side has none."""

    name: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class VersionDiff:
    """What changed from one version to another.

    Attributes:
        prompts: By type, for every type either version has; a type that only one has is compared with nothing.
        added_prompts, removed_prompts: Types that only the new, only the old version has.
        parameters: By name; ``(order)`` when only their order changed.
        settings: By key.
    """

    prompts: Mapping[str, TextDiff]
    added_prompts: tuple[str, ...]
    removed_prompts: tuple[str, ...]
    parameters: tuple[FieldChange, ...]
    settings: tuple[FieldChange, ...]

    @property
    def removed_lines(self) -> int:
        """Lines of all prompts that are gone."""
        return self._lines("removed")

    @property
    def added_lines(self) -> int:
        """Lines of all prompts that are new."""
        return self._lines("added")

    @property
    def changed_lines(self) -> int:
        """Lines of all prompts that were altered."""
        return self._lines("changed")

    @property
    def is_empty(self) -> bool:
        """Whether the versions have the same content."""
        changes = (self.added_prompts, self.removed_prompts, self.parameters, self.settings)
        return not any(changes) and all(text.is_empty for text in self.prompts.values())

    def _lines(self, kind: RowKind) -> int:
        return sum(text.lines(kind) for text in self.prompts.values())


def diff_versions(old: TopicVersion | None, new: TopicVersion, fold: bool = True) -> VersionDiff:
    """What changed from ``old`` to ``new``; with no old version everything is new."""
    before = old.prompts if old else {}
    types = dict.fromkeys([*before, *new.prompts])
    return VersionDiff(
        prompts={each: diff_text(before.get(each, ""), new.prompts.get(each, ""), fold) for each in types},
        added_prompts=tuple(each for each in new.prompts if each not in before),
        removed_prompts=tuple(each for each in before if each not in new.prompts),
        parameters=_parameter_changes(old.parameters if old else (), new.parameters),
        settings=_field_changes(_setting_texts(old) if old else {}, _setting_texts(new)),
    )


def diff_text(old: str, new: str, fold: bool = True) -> TextDiff:
    """Compare two texts line by line, and similar lines word by word.

    Args:
        old: The text before.
        new: The text after.
        fold: Replace the inside of equal stretches of more than four lines by one ``skipped`` row.
    """
    rows = tuple(_all_rows(_LINE.findall(old), _LINE.findall(new)))
    return TextDiff(tuple(_folded(rows)) if fold else rows)


def _all_rows(old: Sequence[str], new: Sequence[str]) -> Iterator[DiffRow]:
    effort = Effort()
    i = j = 0
    for block in matching_blocks(old, new, effort):
        yield from _replaced(old[i : block.old], new[j : block.new], (i + 1, j + 1), effort)
        i, j = block.old + block.size, block.new + block.size
        for at, line in enumerate(old[block.old : i], 1):
            yield _equal(line, (block.old + at, block.new + at))
    yield from _replaced(old[i:], new[j:], (i + 1, j + 1), effort)


def _folded(rows: Sequence[DiffRow]) -> Iterator[DiffRow]:
    for equal, group in groupby(rows, key=lambda row: row.kind == "equal"):
        stretch = tuple(group)
        if equal and len(stretch) > LONGEST_SHOWN_STRETCH:
            yield from (stretch[0], DiffRow("skipped", count=len(stretch) - 2), stretch[-1])
        else:
            yield from stretch


def _equal(line: str, numbers: tuple[int, int]) -> DiffRow:
    same = (Segment(line, False),)
    return DiffRow("equal", *numbers, same, same)


def _replaced(old: Sequence[str], new: Sequence[str], first: tuple[int, int], effort: Effort) -> Iterator[DiffRow]:
    i = j = 0
    for one, other in pair_lines(old, new):
        if pair := _paired_row(old[one], new[other], (first[0] + one, first[1] + other), effort):
            yield from _alone(old[i:one], new[j:other], (first[0] + i, first[1] + j))
            yield pair
            i, j = one + 1, other + 1
    yield from _alone(old[i:], new[j:], (first[0] + i, first[1] + j))


def _alone(old: Sequence[str], new: Sequence[str], first: tuple[int, int]) -> Iterator[DiffRow]:
    for at, line in enumerate(old, first[0]):
        yield DiffRow("removed", left_number=at, left=(Segment(line, True),))
    for at, line in enumerate(new, first[1]):
        yield DiffRow("added", right_number=at, right=(Segment(line, True),))


def _paired_row(old: str, new: str, numbers: tuple[int, int], effort: Effort) -> DiffRow | None:
    if old == new:
        return _equal(old, numbers)
    changed = _changed(old, new, effort)
    return None if changed is None else DiffRow("changed", *numbers, *changed)


def _changed(old: str, new: str, effort: Effort) -> tuple[tuple[Segment, ...], tuple[Segment, ...]] | None:
    """Both lines with their changed words marked, or None when less than .4 of the words stayed in order."""
    old_body, new_body = old.rstrip("\r\n"), new.rstrip("\r\n")
    a, b = _TOKEN.findall(old_body), _TOKEN.findall(new_body)
    blocks = matching_blocks(_words(a), _words(b), effort)
    if 2 * sum(block.size for block in blocks) < SIMILAR_ENOUGH * (len(a) + len(b)):
        return None
    left, right = _Side(), _Side()
    i = j = 0
    for block in blocks:
        _add_changed(left, right, "".join(a[i : block.old]), "".join(b[j : block.new]))
        for one, other in zip(
            a[block.old : block.old + block.size], b[block.new : block.new + block.size], strict=True
        ):
            _add_word(left, right, one, other)
        i, j = block.old + block.size, block.new + block.size
    _add_changed(left, right, "".join(a[i:]), "".join(b[j:]))
    ends_alike = old[len(old_body) :] == new[len(new_body) :]
    left.add(old[len(old_body) :], not ends_alike)
    right.add(new[len(new_body) :], not ends_alike)
    return left.segments(), right.segments()


def _words(tokens: Sequence[str]) -> list[str]:
    return [token.rstrip() or token for token in tokens]


class _Side:
    """Collects one side's segments, joining neighbours of the same kind."""

    def __init__(self) -> None:
        self._runs: list[tuple[list[str], bool]] = []

    def add(self, text: str, changed: bool) -> None:
        """Append a piece; an empty one leaves no trace."""
        if not text:
            return
        if self._runs and self._runs[-1][1] == changed:
            self._runs[-1][0].append(text)
        else:
            self._runs.append(([text], changed))

    def segments(self) -> tuple[Segment, ...]:
        """What was collected, as few segments as possible."""
        return tuple(Segment("".join(texts), changed) for texts, changed in self._runs)


def _add_word(left: _Side, right: _Side, one: str, other: str) -> None:
    """The same word on both sides; the blanks behind it may differ."""
    if one == other:
        left.add(one, False)
        right.add(other, False)
        return
    word = one.rstrip() or one
    left.add(word, False)
    right.add(word, False)
    left.add(one[len(word) :], True)
    right.add(other[len(word) :], True)


def _add_changed(left: _Side, right: _Side, old: str, new: str) -> None:
    """Replaced words; blanks that end both sides alike are not marked."""
    blanks = old[len(old.rstrip()) :]
    shared = blanks if old and new and blanks == new[len(new.rstrip()) :] else ""
    for side, text in ((left, old), (right, new)):
        side.add(text.removesuffix(shared), True)
        side.add(shared, False)


def _parameter_changes(old: Sequence[Parameter], new: Sequence[Parameter]) -> tuple[FieldChange, ...]:
    before, after = ({each.name: _describe(each) for each in side} for side in (old, new))
    changes = _field_changes(before, after)
    if not changes and list(before) != list(after):
        return (FieldChange("(order)", ", ".join(before), ", ".join(after)),)
    return changes


def _field_changes(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[FieldChange, ...]:
    names = dict.fromkeys([*old, *new])
    return tuple(FieldChange(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name))


def _describe(parameter: Parameter) -> str:
    """One line with everything about a parameter: ``string, required, default "x", validation {…}``."""
    parts = [parameter.type, "required" if parameter.required else "optional"]
    if parameter.description:
        parts.append(parameter.description)
    if parameter.default is not None:
        parts.append(f"default {_json(parameter.default)}")
    if parameter.example is not None:
        parts.append(f"example {_json(parameter.example)}")
    if parameter.validation is not None:
        parts.append(f"validation {_json(parameter.validation.model_dump(mode='json', exclude_none=True))}")
    return ", ".join(parts)


def _setting_texts(version: TopicVersion) -> dict[str, str]:
    values = version.settings.model_dump(mode="json")
    return {
        name: value if isinstance(value, str) else _json(value) for name, value in values.items() if value is not None
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
