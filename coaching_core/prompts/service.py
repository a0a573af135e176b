"""Changes to topics and prompts: create, save, publish, roll back (ledger P1, P3, P5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from coaching_core.clock import Clock, utc_now
from coaching_core.errors import ConflictError, InvalidInputError, InvalidPromptError
from coaching_core.prompts import repository
from coaching_core.prompts.finding import (
    check_expected,
    find_topic,
    find_version,
    not_newest,
    published_meanwhile,
    saved_meanwhile,
)
from coaching_core.prompts.models import (
    Publication,
    Topic,
    TopicContent,
    TopicDraft,
    TopicUpdate,
    TopicVersion,
    VersionChange,
)
from coaching_core.prompts.reading import PromptReader
from coaching_core.prompts.validation import check_content, check_draft, check_facts, checked_author, checked_message
from coaching_core.settings import Settings
from coaching_core.storage.database import Database


class PromptService(PromptReader):
    """Topics, their versions, and which version readers get.

    Versions are immutable and numbered 1, 2, 3, … without holes; whoever is second hears so and loses nothing.

    Args:
        database: The store.
        settings: Which types and categories there are.
        clock: Tells the time of a change.
    """

    def __init__(self, database: Database, settings: Settings, clock: Clock = utc_now) -> None:
        super().__init__(database)
        self._settings = settings
        self._clock = clock

    def create_topic(self, draft: TopicDraft, author: str, publish: bool = False) -> Topic:
        """Create a topic with its version 1.

        Args:
            draft: The topic and its first content.
            author: Who creates it.
            publish: Publish version 1 in the same transaction.

        Raises:
            InvalidPromptError: The draft breaks a rule.
            ConflictError: There is a topic with this id.
        """
        draft = draft.model_copy(update={"name": draft.name.strip()})
        check_draft(draft, self._settings)
        first = self._signed(draft, draft.topic_id, 1, draft.message, author)
        try:
            with self._database.unit_of_work() as work:
                repository.insert_topic(work.connection, draft, first)
                repository.insert_version(work.connection, first)
                topic = find_topic(work.connection, draft.topic_id)
                return self._move_published(work.connection, topic, 1, author) if publish else topic
        except sa.exc.IntegrityError as error:
            raise ConflictError(
                f"There is already a topic “{draft.topic_id}”. Choose another id, or edit that topic."
            ) from error

    def save_version(self, topic_id: str, base: int, change: VersionChange) -> TopicVersion:
        """Save a change as a new version; what the change does not name is carried over.

        Args:
            topic_id: The topic.
            base: The version the change was made on.
            change: What to change, why and who.

        Raises:
            TopicNotFoundError: There is no such topic.
            ConflictError: ``base`` is not the newest version; nothing was overwritten.
            InvalidPromptError: The content breaks a rule, or nothing changed.
        """
        try:
            with self._database.unit_of_work() as work:
                topic = find_topic(work.connection, topic_id)
                newest = find_version(work.connection, topic, topic.latest_version)
                if newest.number != base:
                    raise not_newest(newest, base)
                saved = self._changed(newest, change)
                repository.insert_version(work.connection, saved)
                return saved
        except sa.exc.IntegrityError as error:
            raise not_newest(self.resolve(topic_id, "latest"), base) from error

    def publish(self, topic_id: str, number: int, expected_published: int | None, author: str) -> Topic:
        """Make a version the one that readers get, if the published one is still the expected one.

        Raises:
            TopicNotFoundError: There is no such topic.
            NotFoundError: It has no such version.
            ConflictError: Somebody published meanwhile; nothing was changed.
            InvalidInputError: This version is the published one already, or no author is named.
        """
        author = checked_author(author)
        with self._database.unit_of_work() as work:
            topic = find_topic(work.connection, topic_id)
            find_version(work.connection, topic, number)
            check_expected(work.connection, topic, expected_published)
            if topic.published_version == number:
                raise InvalidInputError(f"Version {number} of “{topic_id}” is the published one already.", "number")
            return self._move_published(work.connection, topic, number, author)

    def rollback(self, topic_id: str, number: int, expected_published: int | None, author: str) -> TopicVersion:
        """Publish the content of an older version again, as a new version, in one transaction.

        Raises:
            TopicNotFoundError: There is no such topic.
            NotFoundError: It has no such version.
            ConflictError: Somebody published or saved meanwhile; nothing was changed.
            InvalidInputError: The published version has this content already, or no author is named.
        """
        author = checked_author(author)
        try:
            with self._database.unit_of_work() as work:
                topic = find_topic(work.connection, topic_id)
                old = find_version(work.connection, topic, number)
                check_expected(work.connection, topic, expected_published)
                _check_differs_from_published(work.connection, topic, old)
                signed = self._signed(old, topic_id, topic.latest_version + 1, f"Rollback to v{number}", author)
                renewed = signed.model_copy(update={"rolled_back_from": number})
                repository.insert_version(work.connection, renewed)
                self._move_published(work.connection, topic, renewed.number, author)
                return renewed
        except sa.exc.IntegrityError as error:
            raise self._overtaken_rollback(topic_id, expected_published) from error

    def set_active(self, topic_id: str, active: bool, author: str) -> Topic:
        """Activate or deactivate a topic.

        Raises:
            TopicNotFoundError: There is no such topic.
        """
        return self._change_topic(topic_id, {"is_active": active}, author)

    def update_topic(self, topic_id: str, update: TopicUpdate, author: str) -> Topic:
        """Change a topic's name, description, type, category or place; content is changed by saving versions.

        Raises:
            TopicNotFoundError: There is no such topic.
            InvalidPromptError: A field breaks a rule.
        """
        given = {name: value for name, value in dict(update).items() if value is not None}
        values = {name: value.strip() if name == "name" else value for name, value in given.items()}
        check_facts(values, self._settings)
        return self._change_topic(topic_id, values, author)

    def _changed(self, newest: TopicVersion, change: VersionChange) -> TopicVersion:
        content = change.applied_to(newest)
        check_content(content, self._settings)
        saved = self._signed(content, newest.topic_id, newest.number + 1, change.message, change.author)
        if content.same_content(newest):
            raise InvalidPromptError(f"Nothing changed since version {newest.number}; no new version was saved.")
        return saved

    def _signed(self, content: TopicContent, topic_id: str, number: int, message: str, author: str) -> TopicVersion:
        return TopicVersion(
            prompts=content.prompts,
            parameters=content.parameters,
            settings=content.settings,
            topic_id=topic_id,
            number=number,
            message=checked_message(message),
            author=checked_author(author),
            created_at=self._clock(),
        )

    def _move_published(self, connection: sa.Connection, topic: Topic, number: int, author: str) -> Topic:
        """Compare-and-set from what ``topic`` shows to ``number``, recorded."""
        publication = Publication(
            topic_id=topic.topic_id,
            number=number,
            previous=topic.published_version,
            published_by=checked_author(author),
            published_at=self._clock(),
        )
        moved = repository.move_published(connection, publication)
        now = find_topic(connection, topic.topic_id)
        if not moved:
            raise published_meanwhile(connection, now, topic.published_version)
        repository.insert_publication(connection, publication)
        return now

    def _overtaken_rollback(self, topic_id: str, expected_published: int | None) -> ConflictError:
        with self._database.read() as connection:
            topic = find_topic(connection, topic_id)
            if topic.published_version != expected_published:
                return published_meanwhile(connection, topic, expected_published)
            return saved_meanwhile(find_version(connection, topic, topic.latest_version))

    def _change_topic(self, topic_id: str, values: Mapping[str, Any], author: str) -> Topic:
        audit = {"updated_at": self._clock(), "updated_by": checked_author(author)}
        with self._database.unit_of_work() as work:
            find_topic(work.connection, topic_id)
            repository.change_topic(work.connection, topic_id, {**values, **audit})
            return find_topic(work.connection, topic_id)


def _check_differs_from_published(connection: sa.Connection, topic: Topic, old: TopicVersion) -> None:
    if topic.published_version is None:
        return
    published = find_version(connection, topic, topic.published_version)
    if published.same_content(old):
        raise InvalidInputError(
            f"The published version {published.number} of “{topic.topic_id}” has the content of version "
            f"{old.number} already; there is nothing to roll back.",
            "number",
        )
