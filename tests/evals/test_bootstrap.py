"""The whole workbench: built from settings, planning with what it has, given free as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from coaching_core.errors import ConflictError
from coaching_core.settings import Settings
from coaching_core.storage.database import store_file
from coaching_core.storage.holder import holder_file
from evals.bootstrap import Workbench, build_workbench, plan_context
from evals.current import running, set_running
from evals.demo_runs import DemoRuns
from evals.plan import PlanRequest

REQUEST = PlanRequest(
    dataset="coaching_reply",
    topic="core_values",
    prompts=("published",),
    models=("simulated/coach-steady",),
    judge="simulated/judge",
    limit=1,
)


@pytest.fixture
def workbench(settings: Settings) -> Iterator[Workbench]:
    opened = build_workbench(settings)
    yield opened
    opened.close()


def test_planning_uses_what_this_installation_has(settings: Settings) -> None:
    cap = settings.run_money_cap + 1
    opened = build_workbench(settings.model_copy(update={"author": "Ada", "tenant_id": "acme", "run_money_cap": cap}))
    try:
        context = plan_context(opened.core)
        assert (context.author, context.tenant_id, context.money_cap) == ("Ada", "acme", cap)
        assert context.datasets_dir == settings.datasets_dir
        plan = opened.plan(REQUEST)
        assert (plan.author, plan.tenant_id, plan.money_cap) == ("Ada", "acme", cap)
        assert abs(plan.created_at - datetime.now(UTC)) < timedelta(minutes=5)
    finally:
        opened.close()


def test_closing_gives_the_store_free(settings: Settings) -> None:
    store = store_file(settings)
    assert store is not None
    opened = build_workbench(settings, "http://127.0.0.1:8501")
    assert opened.core.database.holder is not None
    assert opened.core.database.holder.url == "http://127.0.0.1:8501"
    assert holder_file(store).exists()
    opened.close()
    assert not holder_file(store).exists()


def test_its_runs_are_kept_where_the_settings_say(workbench: Workbench, settings: Settings) -> None:
    plan = workbench.plan(REQUEST)
    folder = settings.runs_folder / plan.run_id
    folder.mkdir(parents=True)
    with pytest.raises(ConflictError, match="already in"):
        workbench.runs.start(plan)


def test_the_demo_of_a_workbench_has_its_runs(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    removed: list[str] = []
    monkeypatch.setattr(DemoRuns, "remove", lambda _: removed.append("runs"))
    workbench.core.demo.remove()
    assert removed == ["runs"]


def test_the_running_workbench_is_the_last_that_was_set(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.current._running", [])
    assert running() is None
    set_running(workbench)
    assert running() is workbench
    other = Workbench(workbench.core, workbench.runs, workbench.labels, workbench.judges)
    set_running(other)
    assert running() is other
