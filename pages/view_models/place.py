"""Where a person is in the Editor: read from the link, and written back to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from coaching_core.prompts.models import Topic, TopicVersion

VIEWS = ("edit", "diff", "preview")


@dataclass(frozen=True, slots=True)
class Place:
    """What the Editor shows.

    Attributes:
        old, new: The two versions held against each other.
        prompt_type: The prompt in view.
        one_column: The diff in one column instead of side by side.
        note: What the link asked for and could not be had; empty when all was well.
    """

    topic_id: str
    view: str
    prompt_type: str
    old: int
    new: int
    one_column: bool = False
    note: str = ""

    def link(self, **changes: Any) -> dict[str, str]:
        """The query of a link to this place, or to one that differs a little."""
        there = replace(self, **changes)
        query = {
            "topic": there.topic_id,
            "view": there.view,
            "prompt": there.prompt_type,
            "from": str(there.old),
            "to": str(there.new),
        }
        return query | ({"columns": "1"} if there.one_column else {})


def read_place(query: Mapping[str, str], topic: Topic) -> Place:
    """The place a link means; what it does not say is chosen so that the newest change is shown."""
    notes: list[str] = []
    usual = usual_pair(topic)
    old = _number(query.get("from"), usual[0], topic, notes)
    new = _number(query.get("to"), usual[1], topic, notes)
    view = query.get("view", "edit")
    return Place(
        topic_id=topic.topic_id,
        view=view if view in VIEWS else "edit",
        prompt_type=query.get("prompt", "system"),
        old=old,
        new=new,
        one_column=query.get("columns") == "1",
        note=" ".join(notes),
    )


def usual_pair(topic: Topic) -> tuple[int, int]:
    """Published against draft; without a draft, the published version against the one before it."""
    latest, published = topic.latest_version, topic.published_version
    if published is not None and published < latest:
        return published, latest
    return max(latest - 1, 1), latest


def prompt_types(known: Sequence[str], *contents: Mapping[str, str]) -> tuple[str, ...]:
    """The types that any of the contents has, in the order of the settings."""
    there = dict.fromkeys(each for content in contents for each in content)
    return tuple(sorted(there, key=lambda each: known.index(each) if each in known else len(known)))


def version_tag(topic: Topic, number: int) -> str:
    """``published``, ``draft`` or nothing."""
    if number == topic.published_version:
        return "published"
    return "draft" if number == topic.latest_version and topic.has_draft else ""


def version_label(topic: Topic, version: TopicVersion) -> str:
    """``v3 draft · Shorter replies``, for a select."""
    word = version_tag(topic, version.number)
    return f"v{version.number}{' ' + word if word else ''} · {version.message}"


def _number(text: str | None, usual: int, topic: Topic, notes: list[str]) -> int:
    if text is None:
        return usual
    digits = text.lower().removeprefix("v")
    if digits.isascii() and digits.isdigit() and len(digits) < 9 and 1 <= int(digits) <= topic.latest_version:
        return int(digits)
    versions = "only version 1" if topic.latest_version == 1 else f"versions 1 to {topic.latest_version}"
    notes.append(f"There is no version “{text[:20]}”: {topic.name} has {versions}. Showing v{usual}.")
    return usual
