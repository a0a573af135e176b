"""Many hands on one topic: one wins, the others hear so, nothing is lost and no number is skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from threading import Barrier

import pytest
import sqlalchemy as sa

from coaching_core.errors import ConflictError
from coaching_core.prompts.service import PromptService
from coaching_core.prompts.tables import topic_versions, topics
from coaching_core.settings import Settings
from coaching_core.storage.database import Database, open_database
from tests.coaching_core.prompts.sample_topics import make_change, make_draft

HANDS = 8
only_postgresql = pytest.mark.parametrize("store_settings", ["postgresql"], indirect=True)


@pytest.fixture
def services(database: Database, store_settings: Settings) -> Iterator[list[PromptService]]:
    """Eight services: threads of one process on DuckDB, as good as eight processes on PostgreSQL."""
    with ExitStack() as stack:
        stores = [database] * HANDS
        if database.kind == "postgresql":
            stores = [stack.enter_context(closing(open_database(store_settings))) for _ in range(HANDS)]
        yield [PromptService(store, store_settings) for store in stores]


def _at_once(tasks: Sequence[Callable[[], object]]) -> list[object]:
    """The results of tasks started together; a conflict is a result."""
    start = Barrier(len(tasks))

    def run(task: Callable[[], object]) -> object:
        start.wait()
        try:
            return task()
        except ConflictError as error:
            return error

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def _conflicts(results: Sequence[object]) -> list[ConflictError]:
    return [one for one in results if isinstance(one, ConflictError)]


def test_of_eight_saves_on_one_base_one_wins(services: list[PromptService]) -> None:
    services[0].create_topic(make_draft(), "Ada", publish=True)
    for base in (1, 2, 3):
        results = _at_once(
            [
                lambda one=one, n=n, base=base: one.save_version(
                    "goals", base, make_change(f"{base}/{n}", author=f"hand {n}")
                )
                for n, one in enumerate(services)
            ]
        )
        conflicts = _conflicts(results)
        newest = services[0].resolve("goals", "latest")
        assert len(conflicts) == HANDS - 1
        assert newest in results
        assert {one.current for one in conflicts} == {base + 1}
        assert all(newest.author in str(one) for one in conflicts)
    assert [one.number for one in services[0].versions("goals")] == [4, 3, 2, 1]


def test_of_eight_publications_one_wins(services: list[PromptService]) -> None:
    services[0].create_topic(make_draft(), "Ada", publish=True)
    for n in range(HANDS):
        services[0].save_version("goals", n + 1, make_change(f"{n}"))
    results = _at_once(
        [lambda one=one, n=n: one.publish("goals", n + 2, 1, f"hand {n}") for n, one in enumerate(services)]
    )
    assert len(_conflicts(results)) == HANDS - 1
    last, first = services[0].publications("goals")
    assert (last.number, last.previous, first.number) == (services[0].topic("goals").published_version, 1, 1)


def test_of_eight_rollbacks_one_wins_and_leaves_no_hole(services: list[PromptService]) -> None:
    services[0].create_topic(make_draft(), "Ada", publish=True)
    services[0].save_version("goals", 1, make_change())
    services[0].publish("goals", 2, 1, "Ada")
    results = _at_once([lambda one=one: one.rollback("goals", 1, 2, "Ada") for one in services])
    assert len(_conflicts(results)) == HANDS - 1
    assert [one.number for one in services[0].versions("goals")] == [3, 2, 1]
    assert services[0].topic("goals").published_version == 3


def test_of_eight_creations_one_wins(services: list[PromptService]) -> None:
    results = _at_once([lambda one=one: one.create_topic(make_draft(), "Ada", publish=True) for one in services])
    assert len(_conflicts(results)) == HANDS - 1
    assert len(services[0].versions("goals")) == len(services[0].publications("goals")) == 1


@only_postgresql
def test_a_save_that_waited_for_another_process_becomes_a_conflict(
    services: list[PromptService], database: Database
) -> None:
    services[0].create_topic(make_draft(), "Ada")
    newer = services[0].version("goals", 1).model_dump(mode="json") | {"number": 2, "author": "Eve"}
    newer["created_at"] = services[0].version("goals", 1).created_at
    with ThreadPoolExecutor(1) as pool:
        with database.unit_of_work() as work:
            work.connection.execute(sa.insert(topic_versions).values(newer))
            waiting = pool.submit(services[0].save_version, "goals", 1, make_change())
            _until_somebody_waits(database)
        with pytest.raises(ConflictError, match="newest is version 2: Eve saved it") as caught:
            waiting.result()
    assert caught.value.current == 2
    assert [one.author for one in services[0].versions("goals")] == ["Eve", "Ada"]


@only_postgresql
def test_a_rollback_that_met_a_save_of_another_process_becomes_a_conflict(
    services: list[PromptService], database: Database
) -> None:
    services[0].create_topic(make_draft(), "Ada")
    newer = services[0].version("goals", 1).model_dump(mode="json") | {"number": 2, "author": "Eve"}
    newer["created_at"] = services[0].version("goals", 1).created_at
    with ThreadPoolExecutor(1) as pool:
        with database.unit_of_work() as work:
            work.connection.execute(sa.insert(topic_versions).values(newer))
            waiting = pool.submit(services[0].rollback, "goals", 1, None, "Bob")
            _until_somebody_waits(database)
        with pytest.raises(ConflictError, match=r"Eve saved version 2 .* while you rolled back"):
            waiting.result()
    assert services[0].topic("goals").published_version is None


@only_postgresql
def test_a_publication_that_waited_for_another_process_becomes_a_conflict(
    services: list[PromptService], database: Database
) -> None:
    services[0].create_topic(make_draft(), "Ada", publish=True)
    services[0].save_version("goals", 1, make_change())
    services[0].save_version("goals", 2, make_change("Third."))
    with ThreadPoolExecutor(1) as pool:
        with database.unit_of_work() as work:
            work.connection.execute(sa.update(topics).values(published_version=3))
            waiting = pool.submit(services[0].publish, "goals", 2, 1, "Bob")
            _until_somebody_waits(database)
        with pytest.raises(ConflictError) as caught:
            waiting.result()
    assert caught.value.current == 3
    assert [one.number for one in services[0].publications("goals")] == [1]


def _until_somebody_waits(database: Database) -> None:
    """Return once a connection to this database waits for a lock; pytest's time limit ends a wait for nothing."""
    waits = sa.text(
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    )
    while True:
        with database.read() as connection:
            if connection.scalar(waits):
                return
