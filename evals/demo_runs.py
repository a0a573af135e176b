"""The demo's two finished runs: carried out for real, with simulated models, on the golden dataset."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from coaching_core.clock import Clock, utc_now
from coaching_core.demo.coaching import DEMO_TENANT
from coaching_core.llm.gateway import Equipment, Gateway
from coaching_core.llm.providers.simulated import SimulatedProvider
from coaching_core.prompts.models import TopicVersion
from evals.ingest import RunIngest
from evals.plan import PlanRequest, RunPlan
from evals.planning import PlanContext, build_plan
from evals.running.cell_accounting import CellLedger
from evals.running.folder import RunFolder, RunState
from evals.running.runner import Runner

_SEED = 2_611


@dataclass(frozen=True, slots=True)
class _Story:
    """A run worth telling: what somebody changed in a prompt, and when."""

    run_id: str
    topic_id: str
    label: str
    change: Callable[[str], str]
    days_ago: int


def _one_question(prompt: str) -> str:
    return prompt.replace("Wait for the second answer", "Ask only one question at a time. Wait for the second answer")


def _freer(prompt: str) -> str:
    without_ban = prompt.replace("Do not give advice or solutions.", "Give advice when you have some.")
    return without_ban.replace("Keep each reply under 90 words.", "")


_STORIES = (
    _Story("demo-purpose-one-question", "purpose", "One question at a time", _one_question, 3),
    _Story("demo-core-values-with-advice", "core_values", "With advice, no word limit", _freer, 11),
)


class DemoRuns:
    """A part of the demo (see :class:`coaching_core.demo.service.DemoPart`).

    Args:
        context: Resolves published prompts and models; its tenant is replaced by the demo's.
        ingest: Takes the runs into the store.
        runs_folder: Where runs are kept.
    """

    def __init__(self, context: PlanContext, ingest: RunIngest, runs_folder: Path, clock: Clock = utc_now) -> None:
        self._context = context
        self._ingest = ingest
        self._runs_folder = runs_folder
        self._clock = clock

    def load(self) -> None:
        """Carry out the runs that are not there; takes a few seconds."""
        for story in _STORIES:
            folder = RunFolder(self._runs_folder / story.run_id)
            if not folder.path.exists():
                folder.create(self._plan(story, self._clock() - timedelta(days=story.days_ago)))
            if folder.status().state is not RunState.FINISHED:
                self._carry_out(folder)
            self._ingest.register(folder)
            self._ingest.take_in(story.run_id)

    def remove(self) -> None:
        """Delete the runs' folders; their rows go with the rest of the demo."""
        for story in _STORIES:
            shutil.rmtree(self._runs_folder / story.run_id, ignore_errors=True)

    def _carry_out(self, folder: RunFolder) -> None:
        providers = {"simulated": SimulatedProvider(0)}
        ledger = CellLedger()
        equipment = Equipment(self._context.catalogue, providers, ledger, clock=_ticking(folder.plan().created_at))
        asyncio.run(Runner(folder, Gateway(equipment), ledger).run())

    def _plan(self, story: _Story, at: datetime) -> RunPlan:
        published = self._context.resolve(story.topic_id, "published")
        system = published.prompts["system"]
        changed = published.model_copy(
            update={"prompts": {**published.prompts, "system": story.change(system)}, "number": published.number + 1}
        )
        versions: dict[str, TopicVersion] = {"published": published, "v0": changed}
        request = PlanRequest(
            dataset="coaching_reply",
            topic=story.topic_id,
            prompts=("published", "v0"),
            models=("simulated/coach-steady",),
            judge="simulated/judge",
            seed=_SEED,
        )
        context = PlanContext(
            resolve=lambda _, reference: versions[reference],
            catalogue=self._context.catalogue,
            datasets_dir=self._context.datasets_dir,
            author="Demo",
            tenant_id=DEMO_TENANT,
            money_cap=self._context.money_cap,
        )
        plan = build_plan(request, context, at)
        baseline, candidate = plan.variants
        named = candidate.model_copy(update={"label": story.label, "topic_version": None})
        return plan.model_copy(update={"run_id": story.run_id, "variants": (baseline, named)})


def _ticking(start: datetime) -> Clock:
    """A clock that stood at ``start`` and moves 40 ms with each call that asks it."""
    calls = iter(range(1_000_000))
    return lambda: start + timedelta(milliseconds=40 * next(calls))
