"""New topics with their version 1: a statement for each table, however many topics come at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from coaching_core.audit.models import Action
from coaching_core.audit.trail import record
from coaching_core.people import Person
from coaching_core.prompts import repository
from coaching_core.prompts.models import Publication, Topic, TopicDraft, TopicVersion
from coaching_core.prompts.trail import deed_of
from coaching_core.storage.unit_of_work import UnitOfWork


def new_topic(draft: TopicDraft, first: TopicVersion, published_at: datetime | None) -> Topic:
    """The topic of a draft, signed like its first version; published where a moment is given."""
    return Topic(
        topic_id=draft.topic_id,
        name=draft.name,
        topic_type=draft.topic_type,
        category=draft.category,
        description=draft.description,
        display_order=draft.display_order,
        is_active=draft.is_active,
        published_version=None if published_at is None else first.number,
        latest_version=first.number,
        created_at=first.created_at,
        created_by=first.author,
        updated_at=published_at or first.created_at,
        updated_by=first.author,
    )


def insert_new(work: UnitOfWork, topics: Sequence[Topic], first: Sequence[TopicVersion], person: Person) -> None:
    """Add topics with their first versions, the publications of those that are published, and the lines of the log.

    Raises:
        IntegrityError: One of the ids is taken.
    """
    repository.insert_topics(work.connection, topics)
    repository.insert_versions(work.connection, *first)
    deeds = [deed_of(person, topic.created_at, Action.TOPIC_CREATE, topic.topic_id, version=1) for topic in topics]
    published = [topic for topic in topics if topic.published_version is not None]
    if published:
        repository.insert_publications(work.connection, *map(_publication, published))
    for topic in published:
        deeds.append(deed_of(person, topic.updated_at, Action.VERSION_PUBLISH, topic.topic_id, version=1, before=None))
    record(work, *deeds)


def _publication(topic: Topic) -> Publication:
    return Publication(
        topic_id=topic.topic_id,
        number=topic.latest_version,
        previous=None,
        published_by=topic.updated_by,
        published_at=topic.updated_at,
    )
