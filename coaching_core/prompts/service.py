"""Changes to topics and prompts: create, save, publish, roll back; each leaves a line in the audit log.

Ledger P1, P3, P5, P11, E7.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from pydantic import JsonValue

from coaching_core.audit.models import Action
from coaching_core.clock import Clock, utc_now
from coaching_core.errors import ConflictError, InvalidInputError, InvalidPromptError
from coaching_core.people import Person, Role, acting
from coaching_core.prompts import repository
from coaching_core.prompts.creating import insert_new, new_topic
from coaching_core.prompts.finding import (
    check_expected,
    find_topic,
    find_version,
    not_newest,
    published_meanwhile,
    saved_meanwhile,
)
from coaching_core.prompts.gate import Override
from coaching_core.prompts.models import (
    Publication,
    Topic,
    TopicContent,
    TopicDraft,
    TopicUpdate,
    TopicVersion,
    VersionChange,
)
from coaching_core.prompts.publishing import PublishingRules
from coaching_core.prompts.reading import PromptReader
from coaching_core.prompts.trail import note
from coaching_core.prompts.validation import check_content, check_draft, check_facts, checked_author, checked_message
from coaching_core.settings import Settings
from coaching_core.storage.database import Database


class PromptService(PromptReader):
    """Topics, their versions, and which version readers get.

    Versions are immutable and numbered 1, 2, 3, … without holes; whoever is second hears so and loses nothing.
    Authors are persons; a bare name acts with the rights of a prompt engineer.

    Args:
        database: The store.
        settings: Which types and categories there are.
        clock: Tells the time of a change.

    Attributes:
        rules: What topics require before a version is published.
    """

    def __init__(self, database: Database, settings: Settings, clock: Clock = utc_now) -> None:
        super().__init__(database)
        self._settings = settings
        self._clock = clock
        self.rules = PublishingRules(database, clock)

    def create_topic(self, draft: TopicDraft, author: Person | str, publish: bool = False) -> Topic:
        """Create a topic with its version 1.

        Args:
            draft: The topic and its first content.
            author: Who creates it.
            publish: Publish version 1 in the same transaction.

        Raises:
            InvalidPromptError: The draft breaks a rule.
            ConflictError: There is a topic with this id.
            NotAllowedError: The author may not publish.
        """
        return self.create_topics((draft,), author, publish)[0]

    def create_topics(
        self, drafts: Sequence[TopicDraft], author: Person | str, publish: bool = False
    ) -> tuple[Topic, ...]:
        """Create topics in one transaction, all or none of them.

        Raises:
            As :meth:`create_topic`.
        """
        person = _signing(author)
        if publish:
            person.require_publisher()
        first, topics = [], []
        for draft in (one.model_copy(update={"name": one.name.strip()}) for one in drafts):
            check_draft(draft, self._settings)
            first.append(self._signed(draft, draft.topic_id, 1, draft.message, person))
            topics.append(new_topic(draft, first[-1], self._clock() if publish else None))
        try:
            with self._database.unit_of_work() as work:
                insert_new(work, topics, first, person)
        except sa.exc.IntegrityError as error:
            ids = "” or “".join(topic.topic_id for topic in topics)
            raise ConflictError(f"There is already a topic “{ids}”. Choose another id, or edit that topic.") from error
        return tuple(topics)

    def save_version(
        self, topic_id: str, base: int, change: VersionChange, role: Role = Role.PROMPT_ENGINEER
    ) -> TopicVersion:
        """Save a change as a new version; what the change does not name is carried over.

        Args:
            topic_id: The topic.
            base: The version the change was made on.
            change: What to change, why and who.
            role: The role of who does.

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
                repository.insert_versions(work.connection, saved)
                by = Person(saved.author, role)
                note(work, by, saved.created_at, Action.VERSION_SAVE, topic_id, version=saved.number, base=base)
                return saved
        except sa.exc.IntegrityError as error:
            raise not_newest(self.resolve(topic_id, "latest"), base) from error

    def publish(
        self,
        topic_id: str,
        number: int,
        expected_published: int | None,
        author: Person | str,
        override: Override | None = None,
    ) -> Topic:
        """Make a version the one that readers get, if the topic's rule is met and nobody published meanwhile.

        Args:
            topic_id: The topic.
            number: The version to publish.
            expected_published: The published version that the author saw.
            author: Who publishes.
            override: An admin's reason to publish although the rule is not met; goes into the audit log.

        Raises:
            TopicNotFoundError: There is no such topic.
            NotFoundError: It has no such version.
            ConflictError: Somebody published meanwhile, or changed the rule; nothing was changed.
            GateNotMetError: The topic's publishing rule is not met.
            NotAllowedError: The author may not publish, or not past the rule.
            InvalidInputError: This version is the published one already, no author is named, or no reason.
        """
        person = _signing(author)
        permit = self.rules.permit(topic_id, number, expected_published, person, override)
        with self._database.unit_of_work() as work:
            topic = find_topic(work.connection, topic_id)
            check_expected(work.connection, topic, expected_published)
            permit.check_still_valid(work.connection, topic_id)
            now = self._move_published(work.connection, topic, number, person.name)
            facts = {"version": number, "before": topic.published_version, **permit.evidence}
            note(work, person, now.updated_at, Action.VERSION_PUBLISH, topic_id, **facts)
            permit.note_override(work, now, expected_published, person)
            return now

    def rollback(
        self, topic_id: str, number: int, expected_published: int | None, author: Person | str
    ) -> TopicVersion:
        """Publish the content of an older version again, as a new version, in one transaction.

        This is the emergency brake: no publishing rule holds it up (decision 0010).

        Raises:
            TopicNotFoundError: There is no such topic.
            NotFoundError: It has no such version.
            ConflictError: Somebody published or saved meanwhile; nothing was changed.
            NotAllowedError: The author may not publish.
            InvalidInputError: The published version has this content already, or no author is named.
        """
        person = _signing(author)
        person.require_publisher()
        try:
            with self._database.unit_of_work() as work:
                topic = find_topic(work.connection, topic_id)
                old = find_version(work.connection, topic, number)
                check_expected(work.connection, topic, expected_published)
                _check_differs_from_published(work.connection, topic, old)
                signed = self._signed(old, topic_id, topic.latest_version + 1, f"Rollback to v{number}", person)
                renewed = signed.model_copy(update={"rolled_back_from": number})
                repository.insert_versions(work.connection, renewed)
                self._move_published(work.connection, topic, renewed.number, person.name)
                facts = {"version": renewed.number, "content_of": number, "before": topic.published_version}
                note(work, person, renewed.created_at, Action.VERSION_ROLL_BACK, topic_id, **facts)
                return renewed
        except sa.exc.IntegrityError as error:
            raise self._overtaken_rollback(topic_id, expected_published) from error

    def set_active(self, topic_id: str, active: bool, author: Person | str) -> Topic:
        """Activate or deactivate a topic.

        Raises:
            TopicNotFoundError: There is no such topic.
        """
        action = Action.TOPIC_ACTIVATE if active else Action.TOPIC_DEACTIVATE
        return self._change_topic(topic_id, {"is_active": active}, _signing(author), action)

    def update_topic(self, topic_id: str, update: TopicUpdate, author: Person | str) -> Topic:
        """Change a topic's name, description, type, category or place; content is changed by saving versions.

        Raises:
            TopicNotFoundError: There is no such topic.
            InvalidPromptError: A field breaks a rule.
        """
        given = {name: value for name, value in dict(update).items() if value is not None}
        values = {name: value.strip() if name == "name" else value for name, value in given.items()}
        check_facts(values, self._settings)
        return self._change_topic(topic_id, values, _signing(author), Action.TOPIC_UPDATE)

    def _changed(self, newest: TopicVersion, change: VersionChange) -> TopicVersion:
        content = change.applied_to(newest)
        check_content(content, self._settings)
        saved = self._signed(content, newest.topic_id, newest.number + 1, change.message, Person(change.author))
        if content.same_content(newest):
            raise InvalidPromptError(f"Nothing changed since version {newest.number}; no new version was saved.")
        return saved

    def _signed(self, content: TopicContent, topic_id: str, number: int, message: str, person: Person) -> TopicVersion:
        return TopicVersion(
            prompts=content.prompts,
            parameters=content.parameters,
            settings=content.settings,
            topic_id=topic_id,
            number=number,
            message=checked_message(message),
            author=checked_author(person.name),
            created_at=self._clock(),
        )

    def _move_published(self, connection: sa.Connection, topic: Topic, number: int, author: str) -> Topic:
        """Compare-and-set from what ``topic`` shows to ``number``, recorded."""
        publication = Publication(
            topic_id=topic.topic_id,
            number=number,
            previous=topic.published_version,
            published_by=author,
            published_at=self._clock(),
        )
        moved = repository.move_published(connection, publication)
        now = find_topic(connection, topic.topic_id)
        if not moved:
            raise published_meanwhile(connection, now, topic.published_version)
        repository.insert_publications(connection, publication)
        return now

    def _overtaken_rollback(self, topic_id: str, expected_published: int | None) -> ConflictError:
        with self._database.read() as connection:
            topic = find_topic(connection, topic_id)
            if topic.published_version != expected_published:
                return published_meanwhile(connection, topic, expected_published)
            return saved_meanwhile(find_version(connection, topic, topic.latest_version))

    def _change_topic(self, topic_id: str, values: Mapping[str, Any], person: Person, action: Action) -> Topic:
        now = self._clock()
        signed = {"updated_at": now, "updated_by": person.name}
        with self._database.unit_of_work() as work:
            find_topic(work.connection, topic_id)
            repository.change_topic(work.connection, topic_id, {**values, **signed})
            facts: dict[str, JsonValue] = {} if "is_active" in values else {"fields": list(values)}
            note(work, person, now, action, topic_id, **facts)
            return find_topic(work.connection, topic_id)


def _signing(author: Person | str) -> Person:
    person = acting(author)
    return replace(person, name=checked_author(person.name))


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
