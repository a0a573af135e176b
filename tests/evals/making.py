"""Makes plans and runners for tests of evaluations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from coaching_core.llm.assembly import build_catalogue, build_providers
from coaching_core.llm.call_journal import CallJournal
from coaching_core.llm.gateway import Equipment, Gateway
from coaching_core.llm.resilience import RetryPolicy
from coaching_core.llm.types import Provider
from coaching_core.prompts.models import TopicVersion
from coaching_core.prompts.seeds import load_seed
from coaching_core.settings import Settings
from evals.plan import PlanRequest, RunPlan
from evals.planning import PlanContext, build_plan
from evals.running.cell_accounting import CellLedger
from evals.running.events import EventListener
from evals.running.folder import RunFolder
from evals.running.runner import Runner

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
OPEN_QUESTIONS = "Ask open questions that begin with what or how."


def versions(settings: Settings) -> dict[str, TopicVersion]:
    """Published core_values as seeded, and a draft without its open-questions sentence."""
    seed = load_seed(settings.datasets_dir / "topics" / "core_values")
    system = seed.prompts["system"]
    assert OPEN_QUESTIONS in system
    published = TopicVersion(
        topic_id="core_values",
        number=1,
        prompts=dict(seed.prompts),
        parameters=seed.parameters,
        settings=seed.settings,
        message="First version",
        author="test",
        created_at=NOW,
    )
    without = {**published.prompts, "system": system.replace(OPEN_QUESTIONS, "")}
    return {"published": published, "draft": published.model_copy(update={"number": 2, "prompts": without})}


def make_plan(settings: Settings, **changes: Any) -> RunPlan:
    """A plan over core_values: published against draft, unless told otherwise."""
    known = versions(settings)
    request = PlanRequest.model_validate(
        {
            "dataset": "coaching_reply",
            "topic": "core_values",
            "prompts": ("published", "draft"),
            "models": ("simulated/coach-steady",),
            "judge": "simulated/judge",
        }
        | changes
    )
    context = PlanContext(
        resolve=lambda _, reference: known[reference],
        catalogue=build_catalogue(settings),
        datasets_dir=settings.datasets_dir,
        author="test",
        tenant_id="local",
        money_cap=Decimal(20),
    )
    return build_plan(request, context, NOW)


def make_runner(
    folder: RunFolder,
    settings: Settings,
    listen: EventListener = lambda _: None,
    providers: Mapping[str, Provider] | None = None,
) -> Runner:
    """A runner whose calls are tried once."""
    ledger = CellLedger(CallJournal(folder.path))
    adapters = {**build_providers(settings), **(providers or {})}
    equipment = Equipment(build_catalogue(settings), adapters, ledger, retries=RetryPolicy(attempts=1))
    return Runner(folder, Gateway(equipment), ledger, listen)
