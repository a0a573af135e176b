"""What readers of prompts may ask: topics, versions, and the published text (ledger P1, P5, P9)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from coaching_core.errors import PromptNotFoundError, WorkbenchError
from coaching_core.prompts import repository
from coaching_core.prompts.finding import find_topic, find_version, number_meant
from coaching_core.prompts.models import PromptTemplate, Publication, Topic, TopicSummary, TopicVersion
from coaching_core.prompts.problems import name_problem
from coaching_core.storage.database import Database

RetrievalObserver = Callable[[str, float, bool], None]
"""Hears which topic was read (empty when it is not there, which is no failure), how many seconds that took, and whether
it went well."""


class PromptReader:
    """The reading half of the prompt service; changes nothing.

    Args:
        database: The store.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._observer: RetrievalObserver | None = None

    def observe(self, observer: RetrievalObserver) -> None:
        """Tell an observer of every version that is read for use, from now on."""
        self._observer = observer

    def list_topics(
        self, topic_type: str | None = None, category: str | None = None, include_inactive: bool = True
    ) -> tuple[TopicSummary, ...]:
        """Topics in the order of their display, without content."""
        wanted = {"topic_type": topic_type, "category": category, "is_active": None if include_inactive else True}
        with self._database.read() as connection:
            return repository.read_summaries(
                connection, {name: value for name, value in wanted.items() if value is not None}
            )

    def topic_ids(self) -> frozenset[str]:
        """The ids of all topics."""
        with self._database.read() as connection:
            return repository.read_topic_ids(connection)

    def topic(self, topic_id: str) -> Topic:
        """One topic.

        Raises:
            TopicNotFoundError: There is none.
        """
        with self._database.read() as connection:
            return find_topic(connection, topic_id)

    def versions(self, topic_id: str) -> tuple[TopicVersion, ...]:
        """All versions of a topic, newest first.

        Raises:
            TopicNotFoundError: There is no such topic.
        """
        with self._database.read() as connection:
            find_topic(connection, topic_id)
            return repository.read_versions(connection, topic_id)

    def version(self, topic_id: str, number: int) -> TopicVersion:
        """One version of a topic.

        Raises:
            TopicNotFoundError: There is no such topic.
            NotFoundError: It has no such version.
        """
        with self._database.read() as connection:
            return find_version(connection, find_topic(connection, topic_id), number)

    def resolve(self, topic_id: str, ref: str) -> TopicVersion:
        """The version that a word or a number means.

        Args:
            topic_id: The topic.
            ref: ``published``; ``draft`` (the newest, when it is newer than the published one); ``latest`` (the
                newest, published or not); ``v12`` or ``12``.

        Raises:
            TopicNotFoundError: There is no such topic.
            NotFoundError: Nothing is published, there is no draft, or no such version.
            InvalidInputError: The reference is none of these.
        """
        with self._observed(topic_id), self._database.read() as connection:
            topic = find_topic(connection, topic_id)
            return find_version(connection, topic, number_meant(topic, ref))

    def publications(self, topic_id: str) -> tuple[Publication, ...]:
        """Who published which version when, newest first.

        Raises:
            TopicNotFoundError: There is no such topic.
        """
        with self._database.read() as connection:
            find_topic(connection, topic_id)
            return repository.read_publications(connection, topic_id)

    def published_versions(self) -> tuple[TopicVersion, ...]:
        """The published version of every topic that has one."""
        with self._database.read() as connection:
            return repository.read_published(connection)

    def get_template(self, topic: str, version: str = "latest") -> PromptTemplate:
        """What a reader needs to build a request (ledger P9); inactive topics are served as well.

        Args:
            topic: The topic's id.
            version: ``latest`` is the published version: readers see no drafts unless they name one, as in
                :meth:`resolve`.

        Raises:
            PromptNotFoundError: No such topic, or nothing of it is published.
            NotFoundError: No such version.
        """
        if version in ("latest", "published"):
            found = self._published(topic, "published")
        else:
            found = self.resolve(topic, version)
        return PromptTemplate(
            topic=topic,
            version=found.number,
            system_prompt=found.prompts.get("system"),
            user_prompt_template=found.prompts.get("user"),
            parameters=found.parameters,
        )

    def get_prompt(self, topic: str, prompt_type: str) -> str:
        """The published text of one prompt (ledger P9).

        Raises:
            PromptNotFoundError: No such topic, nothing of it is published, or it has no prompt of this type.
        """
        text = self._published(topic, prompt_type).prompts.get(prompt_type)
        if text is None:
            raise PromptNotFoundError(topic, prompt_type)
        return text

    @contextmanager
    def _observed(self, topic_id: str) -> Iterator[None]:
        if self._observer is None:
            yield
            return
        begun, found, ok = time.perf_counter(), topic_id, False
        try:
            yield
            ok = True
        except WorkbenchError:
            found, ok = "", True
            raise
        finally:
            self._observer(found, time.perf_counter() - begun, ok)

    def _published(self, topic_id: str, asked: str) -> TopicVersion:
        with self._observed(topic_id), self._database.read() as connection:
            found = (
                repository.read_published(connection, topic_id) if name_problem("topic id", topic_id) is None else ()
            )
        if not found:
            raise PromptNotFoundError(topic_id, asked)
        return found[0]
