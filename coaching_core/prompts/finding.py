"""Topics and versions found in the store, or an error that says what is missing or who was first."""

from __future__ import annotations

import re
from datetime import datetime

import sqlalchemy as sa

from coaching_core.errors import ConflictError, InvalidInputError, NotFoundError, TopicNotFoundError
from coaching_core.prompts import repository
from coaching_core.prompts.models import Topic, TopicVersion
from coaching_core.prompts.problems import name_problem, shortened

_NUMBER = re.compile(r"v?([1-9][0-9]{0,8})")


def find_topic(connection: sa.Connection, topic_id: str) -> Topic:
    """The topic with this id.

    Raises:
        TopicNotFoundError: There is none.
    """
    topic = repository.read_topic(connection, topic_id) if name_problem("topic id", topic_id) is None else None
    if topic is None:
        raise TopicNotFoundError(shortened(topic_id))
    return topic


def find_version(connection: sa.Connection, topic: Topic, number: int) -> TopicVersion:
    """A version of a topic by its number.

    Raises:
        NotFoundError: The topic has no such version.
    """
    inside = 1 <= number <= topic.latest_version
    version = repository.read_version(connection, topic.topic_id, number) if inside else None
    if version is None:
        raise NotFoundError(
            f"Topic “{topic.topic_id}” has no version {number}; its versions are 1 to {topic.latest_version}."
        )
    return version


def number_meant(topic: Topic, ref: str) -> int:
    """The number that ``published``, ``draft``, ``latest``, ``v12`` or ``12`` means for a topic.

    Raises:
        NotFoundError: Nothing is published, or there is no draft.
        InvalidInputError: The reference is none of these.
    """
    word = ref.strip().lower()
    if word == "latest":
        return topic.latest_version
    if word == "published":
        if topic.published_version is None:
            raise NotFoundError(f"Topic “{topic.topic_id}” has no published version yet. Publish one first.")
        return topic.published_version
    if word == "draft":
        if not topic.has_draft:
            raise NotFoundError(
                f"Topic “{topic.topic_id}” has no draft: nothing newer than the published version "
                f"{topic.published_version} was saved."
            )
        return topic.latest_version
    if found := _NUMBER.fullmatch(word):
        return int(found[1])
    raise InvalidInputError(
        f"“{shortened(ref)}” names no version. Write published, draft, latest or a number such as v12.", "version"
    )


def not_newest(newest: TopicVersion, base: int) -> ConflictError:
    """The error for somebody who saved on a version that is not the newest."""
    return ConflictError(
        f"Your change was made on version {base} of “{newest.topic_id}”, but the newest is version {newest.number}: "
        f"{newest.author} saved it on {_moment(newest.created_at)}. Nothing was overwritten. "
        f"Compare with version {newest.number}, then save on top of it.",
        current=newest.number,
    )


def saved_meanwhile(newest: TopicVersion) -> ConflictError:
    """The error for somebody whose rollback met another save."""
    return ConflictError(
        f"{newest.author} saved version {newest.number} of “{newest.topic_id}” on {_moment(newest.created_at)}, "
        "while you rolled back. Nothing was changed. Look at it, then roll back again.",
        current=newest.number,
    )


def check_expected(connection: sa.Connection, topic: Topic, expected: int | None) -> None:
    """Check that the published version is the one the caller saw.

    Raises:
        ConflictError: It is another one; names who published it and when.
    """
    if topic.published_version != expected:
        raise published_meanwhile(connection, topic, expected)


def published_meanwhile(connection: sa.Connection, topic: Topic, expected: int | None) -> ConflictError:
    """The error for somebody who saw another published version than there is now."""
    seen = "no published version" if expected is None else f"version {expected} published"
    last = next(
        (
            one
            for one in repository.read_publications(connection, topic.topic_id)
            if one.number == topic.published_version
        ),
        None,
    )
    now = "nothing is published yet" if topic.published_version is None else f"version {topic.published_version} is now"
    if last is not None:
        now = f"{last.published_by} published version {last.number} on {_moment(last.published_at)}"
    return ConflictError(
        f"You saw {seen} of “{topic.topic_id}”, but {now}. Nothing was changed. "
        "Look at what is published, then decide.",
        current=topic.published_version,
    )


def _moment(at: datetime) -> str:
    return f"{at.day} {at:%B %Y at %H:%M} UTC"
