"""A gateway that answers what a test tells it, and notes what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.gateway import Gateway
from coaching_core.llm.types import Completion, CompletionRequest, Purpose, Usage
from evals.plan import RunPlan
from evals.running.cell_accounting import CellLedger
from evals.running.events import Ended, RunEvent
from evals.running.folder import RunFolder
from evals.running.runner import Runner
from tests.evals.making import NOW

Answering = Callable[[CompletionRequest], str | Exception]


def scored(plan: RunPlan, score: int = 7) -> str:
    """A judge's reply that gives every criterion this score."""
    entries = [{"id": one.id, "score": score, "reason": "Said so."} for one in plan.rubric.criteria]
    return json.dumps({"criteria": entries})


@dataclass
class Desk:
    """A gateway that answers what it is told and notes what it was asked.

    Attributes:
        cost: USD of the n-th call; None is unknown.
    """

    reply: Answering
    cost: Callable[[int], str | None] = lambda _: "0.01"
    asked: list[CompletionRequest] = field(default_factory=list)
    ledger: CellLedger = field(default_factory=CellLedger)
    at_once: int = 0
    most_at_once: int = 0

    async def complete(self, request: CompletionRequest) -> Completion:
        number = len(self.asked)
        self.asked.append(request)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        reply, cost = self.reply(request), self.cost(number)
        run = PromptRun.from_json(
            {"id": f"run-{number}", "tenant_id": "local", "purpose": str(request.context.purpose), "provider": "x"}
            | {"model": request.model, "simulated": True, "latency_ms": 5.0, "status": "ok"}
            | {"created_at": NOW.isoformat(), "cost_usd": cost}
        )
        await self.ledger.record(run)
        if isinstance(reply, Exception):
            raise reply
        known = None if cost is None else Decimal(cost)
        return Completion(reply, "stop", Usage(1, 1), request.model, 5.0, None, known, True, run.id)

    def count(self, purpose: Purpose) -> int:
        return sum(request.context.purpose is purpose for request in self.asked)


def plain(plan: RunPlan) -> Answering:
    """Every answer is said, every judgement scores."""
    return lambda request: "What matters?" if request.context.purpose is Purpose.EVALUATION else scored(plan)


def taken_up(
    folder: RunFolder, desk: Desk, listen: Callable[[RunEvent], None] = lambda _: None, failed_again: bool = False
) -> tuple[Runner, Callable[[], Ended]]:
    desk.ledger = CellLedger()
    runner = Runner(folder, cast("Gateway", desk), desk.ledger, listen, failed_again)
    return runner, lambda: asyncio.run(runner.run())


def carried_out(folder: RunFolder, desk: Desk, listen: Callable[[RunEvent], None] = lambda _: None) -> Ended:
    return taken_up(folder, desk, listen)[1]()
