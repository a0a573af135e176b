"""A side-by-side conversation: the same messages to several (model, prompt version) pairs (ledger C6)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

ReplyStatus = Literal["ok", "failed", "stopped", "interrupted"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Column(_Frozen):
    """One place at the table. ``version`` is the number of the topic version it speaks with."""

    id: str
    model: str
    version: int


class Reply(_Frozen):
    """What one column answered in one turn.

    Attributes:
        status: ok; failed (``error`` says why); stopped by the person; interrupted by a restart.
        cost: USD; None when unknown.
        latency_ms, ttft_ms: Milliseconds; None when the answer did not finish or start.
    """

    text: str
    status: ReplyStatus = "ok"
    error: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: Decimal | None = None
    latency_ms: float | None = None
    ttft_ms: float | None = None
    simulated: bool = False
    prompt_run_id: str | None = None


class Turn(_Frozen):
    """One message to all columns and what each replied, by column id."""

    message: str
    replies: dict[str, Reply]


class PlaygroundSession(_Frozen):
    """A side-by-side conversation as it is kept.

    Attributes:
        parameters: Values the prompts are rendered with.
        branched_from: ``(session id, turns kept)`` when it grew out of another.
    """

    id: str
    tenant_id: str
    author: str
    topic_id: str
    columns: tuple[Column, ...]
    parameters: dict[str, object]
    turns: tuple[Turn, ...] = ()
    branched_from: tuple[str, int] | None = None
    created_at: datetime
    updated_at: datetime

    def history(self, column_id: str) -> list[tuple[str, str]]:
        """The (message, reply) pairs this column has had; turns it did not answer are left out."""
        pairs = []
        for turn in self.turns:
            reply = turn.replies.get(column_id)
            if reply is not None and reply.text and reply.status in ("ok", "stopped"):
                pairs.append((turn.message, reply.text))
        return pairs

    @property
    def cost(self) -> Decimal:
        """USD so far, as far as prices are known."""
        return sum((reply.cost for turn in self.turns for reply in turn.replies.values() if reply.cost), Decimal(0))
