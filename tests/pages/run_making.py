"""Carries out runs inside a test, so that screens have something to show."""

from __future__ import annotations

import asyncio
from typing import Any

from coaching_core.errors import ProviderRejectedError
from coaching_core.llm.providers.simulated import SimulatedProvider
from coaching_core.llm.types import CompletionRequest, ProviderReply
from coaching_core.prompts.models import VersionChange
from evals.bootstrap import Workbench
from evals.plan import PlanRequest, RunPlan
from evals.running.folder import RunFolder, RunState
from tests.evals.making import OPEN_QUESTIONS, make_runner


def save_worse_version(workbench: Workbench) -> None:
    """Version 2 of core_values: without its sentence on open questions."""
    system = workbench.core.prompts.version("core_values", 1).prompts["system"]
    change = VersionChange(
        prompts={"system": system.replace(OPEN_QUESTIONS, "")}, message="No open questions", author="Ada"
    )
    workbench.core.prompts.save_version("core_values", 1, change)


def planned(workbench: Workbench, **changes: Any) -> RunPlan:
    """v1 against v2 of core_values on 12 items, unless told otherwise."""
    request: dict[str, Any] = {
        "dataset": "coaching_reply",
        "topic": "core_values",
        "prompts": ("v1", "v2"),
        "models": ("simulated/coach-steady",),
        "judge": "simulated/judge",
        "limit": 12,
    }
    return workbench.plan(PlanRequest.model_validate(request | changes))


class FailsNowAndThen(SimulatedProvider):
    """Refuses every fifth call, so that it is not tried again."""

    def __init__(self) -> None:
        super().__init__(0)
        self._calls = 0

    async def complete(self, request: CompletionRequest) -> ProviderReply:
        self._calls += 1
        if self._calls % 5 == 0:
            raise ProviderRejectedError("The <b>provider</b> is down.")
        return await super().complete(request)


def carry_out(workbench: Workbench, plan: RunPlan, failing: bool = False, answers: int | None = None) -> RunFolder:
    """Do a run, or its first so many lines, and take it into the store."""
    folder = RunFolder(workbench.core.settings.runs_folder / plan.run_id)
    folder.create(plan)
    workbench.runs.ingest.register(folder)
    providers = {"simulated": FailsNowAndThen()} if failing else None
    asyncio.run(make_runner(folder, workbench.core.settings, providers=providers).run())
    if answers is not None:
        lines = folder.journal.read_bytes().splitlines(keepends=True)[:answers]
        folder.journal.write_bytes(b"".join(lines))
        folder.write_status(RunState.RUNNING)
    workbench.runs.ingest.take_in(plan.run_id)
    return folder
