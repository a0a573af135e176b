"""PromptRuns: one record for each call to a model, durable before the caller hears that it is done (ledger L2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from coaching_core.llm.tables import prompt_runs
from coaching_core.llm.types import Purpose, RunStatus
from coaching_core.storage.writer import AppendQueue


@dataclass(frozen=True, slots=True)
class PromptRun:
    """One call to a model.

    Attributes:
        latency_ms: From the call to its end, milliseconds.
        ttft_ms: To the first token; None when the answer was not streamed or none came.
        loop_lag_ms: How late the event loop was at the end of the call; timings of a lagging loop are flagged.
        input_tokens, output_tokens, cached_tokens: As the provider counted them; None when it never said.
        cost_usd: Exact; None when the price or the usage is unknown. Never 0 for unknown.
        price_version: Which price table the cost was made with.
        error: Class of the error for calls that failed; never a message text of a person.
    """

    id: str
    tenant_id: str
    purpose: Purpose
    provider: str
    model: str
    simulated: bool
    latency_ms: float
    status: RunStatus
    created_at: datetime
    request_id: str | None = None
    user_id: str | None = None
    session_id: str | None = None
    interaction_ids: tuple[str, ...] = ()
    group_id: str | None = None
    eval_run_id: str | None = None
    topic_id: str | None = None
    prompt_version: int | None = None
    rubric_version: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    ttft_ms: float | None = None
    loop_lag_ms: float | None = None
    cost_usd: Decimal | None = None
    price_version: str | None = None
    error: str | None = None

    def as_row(self) -> dict[str, Any]:
        """The row of the ``prompt_runs`` table."""
        row = {field.name: getattr(self, field.name) for field in fields(self)}
        return row | {
            "interaction_ids": list(self.interaction_ids),
            "purpose": str(self.purpose),
            "status": str(self.status),
        }

    def as_json(self) -> dict[str, Any]:
        """Plain JSON, for journals: times as ISO 8601, money as text."""
        cost = None if self.cost_usd is None else str(self.cost_usd)
        return self.as_row() | {"created_at": self.created_at.isoformat(), "cost_usd": cost}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> PromptRun:
        """The inverse of :meth:`as_json`."""
        known = {field.name: document[field.name] for field in fields(cls) if field.name in document}
        cost = known.get("cost_usd")
        return cls(
            **known
            | {
                "interaction_ids": tuple(known.get("interaction_ids", ())),
                "purpose": Purpose(known["purpose"]),
                "status": RunStatus(known["status"]),
                "created_at": datetime.fromisoformat(known["created_at"]),
                "cost_usd": None if cost is None else Decimal(cost),
            }
        )


class PromptRunRecorder(Protocol):
    """Where PromptRuns go. ``record`` returns only when the record is durable."""

    async def record(self, run: PromptRun) -> None:
        """Keep this record; returns when it is durable."""
        ...


class StoreRecorder:
    """Writes PromptRuns to the store, grouped with others that arrive at the same time."""

    def __init__(self, appends: AppendQueue) -> None:
        self._appends = appends

    async def record(self, run: PromptRun) -> None:
        """Keep this record; returns when it is committed."""
        await self._appends.append_and_wait(prompt_runs, run.as_row())
