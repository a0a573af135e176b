"""“Test this model”: one call over the real wire, recorded, and nothing hidden."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from coaching_core.bootstrap import Services, build_services
from coaching_core.clock import utc_now
from coaching_core.usage.models import PromptRunPage, UsageFilter
from tests.conftest import PROJECT
from tests.wire import Fault
from tests.wire.client import KEY, WireServer

pytest_plugins = ["tests.wire.fixtures"]


@pytest.fixture
def services(wire: WireServer, tmp_path: Path) -> Iterator[Services]:
    settings = wire.settings(workbench_home=tmp_path, datasets_dir=PROJECT / "datasets", model_attempts=1)
    built = build_services(settings)
    yield built
    built.close()


def recorded(services: Services) -> PromptRunPage:
    now = utc_now()
    lately = UsageFilter(services.settings.tenant_id, now - timedelta(hours=1), now + timedelta(hours=1))
    return services.usage.prompt_runs(lately)


def test_a_real_answer_comes_with_what_it_took_and_is_recorded(services: Services) -> None:
    trial = services.model_trial.run("openai/gpt-4.1-mini")
    assert trial.error is None
    assert trial.text == "What would be a good first step for you this week?"
    assert not trial.simulated
    assert trial.usage is not None
    expected = trial.usage.input_tokens * Decimal("0.0000004") + trial.usage.output_tokens * Decimal("0.0000016")
    assert trial.cost == expected
    assert trial.ttft_ms is not None
    page = recorded(services)
    assert (page.total, page.runs[0].id, page.runs[0].cost_usd) == (1, trial.prompt_run_id, expected)


def test_a_refused_key_is_told_in_words_without_the_key(services: Services, wire: WireServer) -> None:
    wire.configure(faults=[Fault(kind="status", status=401)])
    trial = services.model_trial.run("anthropic/claude-haiku-4-5")
    assert trial.error
    assert KEY not in trial.error
    assert (trial.usage, trial.cost) == (None, None)
    assert recorded(services).total == 1


def test_an_embedding_model_is_asked_for_a_vector(services: Services) -> None:
    trial = services.model_trial.run("openai/text-embedding-3-small")
    assert trial.error is None
    assert trial.text.startswith("A vector of ")
    assert trial.cost is not None
    assert trial.cost > 0
