"""Rows of topics, versions and publications: read, added, and the published pointer moved by compare-and-set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from coaching_core.prompts.models import Publication, Topic, TopicContent, TopicSummary, TopicVersion
from coaching_core.prompts.tables import topic_publications, topic_versions, topics

_newest = (
    sa.select(topic_versions.c.topic_id, sa.func.max(topic_versions.c.number).label("latest_version"))
    .group_by(topic_versions.c.topic_id)
    .subquery("newest")
)


def read_topic(connection: sa.Connection, topic_id: str) -> Topic | None:
    """The topic with this id."""
    newest = sa.select(sa.func.max(topic_versions.c.number)).where(topic_versions.c.topic_id == topic_id)
    statement = sa.select(topics, newest.scalar_subquery().label("latest_version")).where(topics.c.topic_id == topic_id)
    row = connection.execute(statement).mappings().first()
    return None if row is None else Topic.model_validate(dict(row))


def read_summaries(connection: sa.Connection, wanted: Mapping[str, Any]) -> tuple[TopicSummary, ...]:
    """All topics whose columns have the wanted values, in the order of their display; one query.

    Args:
        connection: Where to read.
        wanted: Column name to value, e.g. ``{"topic_type": "single_shot"}``.
    """
    latest, shown = topic_versions.alias("latest"), _last_publications().subquery("shown")
    statement = (
        sa.select(
            topics,
            _newest.c.latest_version,
            latest.c.author.label("latest_author"),
            latest.c.created_at.label("latest_at"),
            latest.c.message.label("latest_message"),
            shown.c.published_by,
            shown.c.published_at,
        )
        .join(_newest, _newest.c.topic_id == topics.c.topic_id)
        .join(latest, (latest.c.topic_id == topics.c.topic_id) & (latest.c.number == _newest.c.latest_version))
        .outerjoin(shown, (shown.c.topic_id == topics.c.topic_id) & (shown.c.number == topics.c.published_version))
        .where(*(topics.c[name] == value for name, value in wanted.items()))
        .order_by(topics.c.display_order, topics.c.topic_id)
    )
    return tuple(_summary(dict(row)) for row in connection.execute(statement).mappings())


def read_topic_ids(connection: sa.Connection) -> frozenset[str]:
    """The ids of all topics."""
    return frozenset(connection.scalars(sa.select(topics.c.topic_id)))


def read_version(connection: sa.Connection, topic_id: str, number: int) -> TopicVersion | None:
    """One version of a topic."""
    statement = sa.select(topic_versions).where(
        topic_versions.c.topic_id == topic_id, topic_versions.c.number == number
    )
    row = connection.execute(statement).mappings().first()
    return None if row is None else TopicVersion.model_validate(dict(row))


def read_versions(connection: sa.Connection, topic_id: str) -> tuple[TopicVersion, ...]:
    """All versions of a topic, newest first."""
    statement = (
        sa.select(topic_versions).where(topic_versions.c.topic_id == topic_id).order_by(topic_versions.c.number.desc())
    )
    return tuple(TopicVersion.model_validate(dict(row)) for row in connection.execute(statement).mappings())


def read_published(connection: sa.Connection, topic_id: str | None = None) -> tuple[TopicVersion, ...]:
    """The published versions of all topics, or of one, in one query."""
    statement = (
        sa.select(topic_versions)
        .join(
            topics,
            sa.and_(
                topics.c.topic_id == topic_versions.c.topic_id,
                topics.c.published_version == topic_versions.c.number,
            ),
        )
        .order_by(topic_versions.c.topic_id)
    )
    if topic_id is not None:
        statement = statement.where(topics.c.topic_id == topic_id)
    return tuple(TopicVersion.model_validate(dict(row)) for row in connection.execute(statement).mappings())


def read_publications(connection: sa.Connection, topic_id: str) -> tuple[Publication, ...]:
    """All moves of a topic's published pointer, newest first."""
    statement = (
        sa.select(topic_publications)
        .where(topic_publications.c.topic_id == topic_id)
        .order_by(topic_publications.c.published_at.desc(), topic_publications.c.number.desc())
    )
    return tuple(Publication.model_validate(dict(row)) for row in connection.execute(statement).mappings())


def insert_topics(connection: sa.Connection, new: Iterable[Topic]) -> None:
    """Add topics; a second one with an id that is there breaks the unique index."""
    columns = {column.name for column in topics.columns}
    rows = [{name: value for name, value in dict(topic).items() if name in columns} for topic in new]
    connection.execute(sa.insert(topics).values(rows))


def insert_versions(connection: sa.Connection, *versions: TopicVersion) -> None:
    """Add versions; a second one with a number that is there breaks the unique index."""
    frozen = set(TopicContent.model_fields)
    rows = [dict(version) | version.model_dump(mode="json", include=frozen) for version in versions]
    connection.execute(sa.insert(topic_versions).values(rows))


def insert_publications(connection: sa.Connection, *publications: Publication) -> None:
    """Record moves of published pointers."""
    connection.execute(sa.insert(topic_publications).values([dict(publication) for publication in publications]))


def move_published(connection: sa.Connection, publication: Publication) -> bool:
    """Compare-and-set of the published pointer; False, and nothing changed, when it is not the previous one."""
    statement = (
        sa.update(topics)
        .where(
            topics.c.topic_id == publication.topic_id,
            topics.c.published_version.is_not_distinct_from(publication.previous),
        )
        .values(
            published_version=publication.number,
            updated_at=publication.published_at,
            updated_by=publication.published_by,
        )
        .returning(topics.c.topic_id)
    )
    return connection.execute(statement).first() is not None


def change_topic(connection: sa.Connection, topic_id: str, values: Mapping[str, Any]) -> None:
    """Set columns of a topic."""
    connection.execute(sa.update(topics).where(topics.c.topic_id == topic_id).values(dict(values)))


def _last_publications() -> sa.Select[Any]:
    """The last publication of each version."""
    last_first = sa.func.row_number().over(
        partition_by=(topic_publications.c.topic_id, topic_publications.c.number),
        order_by=topic_publications.c.published_at.desc(),
    )
    placed = sa.select(topic_publications, last_first.label("place")).subquery("placed")
    return sa.select(placed).where(placed.c.place == 1)


def _summary(row: Mapping[str, Any]) -> TopicSummary:
    of_topic = set(Topic.model_fields)
    return TopicSummary(
        topic=Topic.model_validate({name: value for name, value in row.items() if name in of_topic}),
        **{name: value for name, value in row.items() if name not in of_topic},
    )
