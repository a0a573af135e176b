"""The core as a whole: built on a fresh home, closed without losing a record, and nothing built by an import."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from coaching_core import bootstrap
from coaching_core.bootstrap import build_services
from coaching_core.errors import StoreInUseError
from coaching_core.llm.tables import prompt_runs
from coaching_core.llm.types import RunStatus
from coaching_core.settings import Settings
from coaching_core.storage.database import Database, open_database, store_file
from coaching_core.storage.holder import holder_file
from tests.coaching_core.llm.scripted import question
from tests.conftest import PROJECT, make_settings
from tests.wire.client import WireServer, ask

pytest_plugins = ["tests.wire.fixtures"]
PATIENCE = 30.0


def rows(settings: Settings) -> list[sa.Row[tuple[object, ...]]]:
    database = open_database(settings)
    with database.read() as connection:
        found = list(connection.execute(sa.select(prompt_runs)))
    database.close()
    return found


def test_a_fresh_home_has_its_topics_and_a_second_start_adds_none(settings: Settings) -> None:
    counts = []
    for _ in range(2):
        services = build_services(settings)
        counts.append(services.prompts.topic_ids())
        services.close()
    assert counts[0] == counts[1]
    assert "core_values" in counts[0]


def test_what_was_asked_is_in_the_store_once(store_settings: Settings) -> None:
    services = build_services(store_settings)
    reply = services.model_loop.stream(services.gateway, question())
    assert reply.wait(PATIENCE)
    services.close()
    (row,) = rows(store_settings)
    assert reply.completion is not None
    assert (row.id, row.cost_usd, row.simulated) == (reply.completion.prompt_run_id, reply.completion.cost, True)
    assert isinstance(row.cost_usd, Decimal)


def test_closing_in_the_middle_of_an_answer_keeps_its_record(tmp_path: Path) -> None:
    settings = make_settings(tmp_path / "home", simulated_pace=1000)
    services = build_services(settings)
    replies = [services.model_loop.stream(services.gateway, question()) for _ in range(3)]
    services.close()
    assert all(reply.done for reply in replies)
    assert {row.status for row in rows(settings)} <= {str(RunStatus.CANCELLED)}


def test_closing_gives_the_store_free(settings: Settings) -> None:
    services = build_services(settings, "http://localhost:1")
    file = store_file(settings)
    assert file is not None
    assert holder_file(file).exists()
    services.close()
    assert not holder_file(file).exists()
    open_database(settings).close()


def test_one_part_that_cannot_be_closed_does_not_keep_the_store(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setattr("coaching_core.playground.service.PlaygroundService.close", fail)
        services = build_services(settings)
    with pytest.raises(RuntimeError, match="broken"):
        services.close()
    open_database(settings).close()


def test_a_start_that_fails_half_way_does_not_keep_the_store(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no seeds")

    closed: list[Database] = []
    real_close = Database.close
    monkeypatch.setattr(Database, "close", lambda self: (closed.append(self), real_close(self)))
    monkeypatch.setattr(bootstrap, "seed_topics", fail)
    with pytest.raises(RuntimeError, match="no seeds"):
        build_services(settings)
    assert len(closed) == 1


def test_a_second_process_is_told_who_holds_the_store(settings: Settings) -> None:
    services = build_services(settings, "http://localhost:4711")
    code = (
        "import sys; from pathlib import Path; from tests.conftest import make_settings; "
        "from coaching_core.bootstrap import build_services; build_services(make_settings(Path(sys.argv[1])))"
    )
    second = subprocess.run(
        [sys.executable, "-c", code, str(settings.home)], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    services.close()
    assert StoreInUseError.__name__ in second.stderr
    assert "http://localhost:4711" in second.stderr


def test_importing_the_core_loads_nothing_heavy() -> None:
    code = (
        "import sys, coaching_core.bootstrap; "
        "print([name for name in ('litellm', 'openai', 'streamlit', 'chromadb', 'boto3') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_a_real_model_answered_is_in_the_store_with_its_cost(wire: WireServer, tmp_path: Path) -> None:
    settings = wire.settings(workbench_home=tmp_path / "home", datasets_dir=PROJECT / "datasets", database_url=None)
    services = build_services(settings)
    reply = services.model_loop.stream(services.gateway, ask(timeout_seconds=PATIENCE))
    assert reply.wait(PATIENCE)
    assert reply.error is None
    services.close()
    (row,) = rows(settings)
    assert (row.status, row.cost_usd is None) == ("ok", False)
