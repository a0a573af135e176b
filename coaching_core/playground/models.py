"""A side-by-side conversation: the same messages to several (model, prompt version) pairs (ledger C6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

ReplyStatus = Literal["ok", "failed", "stopped", "interrupted"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Column(_Frozen):
    """One place at the table. ``version`` is the number of the topic version it speaks with.

    No other model ever stands in for a column's: columns are there to compare models.
    """

    id: str
    model: str
    version: int


class Reply(_Frozen):
    """What one column answered in one turn.

    Attributes:
        status: ok; failed (``error`` says why); stopped by the person; interrupted when the workbench ended first.
        finish_reason: The model's own word for why it ended; ``length`` means that it was cut off.
        cost: USD; None when unknown.
        latency_ms, ttft_ms: Milliseconds; None when the answer did not finish or start.
        model, version: Who answered; the column may have been changed since.
        asked: The model that was asked for, when another one stood in for it; None otherwise.
        attempts: How many times a provider was called for it; None when that is not known.
        restarted: Why the answer began anew after part of it had been shown; None when it did not.
    """

    text: str
    status: ReplyStatus = "ok"
    error: str | None = None
    finish_reason: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: Decimal | None = None
    latency_ms: float | None = None
    ttft_ms: float | None = None
    simulated: bool = False
    prompt_run_id: str | None = None
    model: str | None = None
    version: int | None = None
    asked: str | None = None
    attempts: int | None = None
    restarted: str | None = None


class Turn(_Frozen):
    """One message to all columns and what each replied, by column id.

    Attributes:
        sent: What a column was sent in place of ``message``: the user prompt of its own version.
    """

    message: str
    replies: dict[str, Reply]
    sent: dict[str, str] = {}

    def said_to(self, column_id: str) -> str:
        """The message this column got."""
        return self.sent.get(column_id, self.message)


class PlaygroundSession(_Frozen):
    """A side-by-side conversation. One without turns is not in the store yet.

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

    def column(self, column_id: str) -> Column | None:
        """The column with this id, unless it was removed."""
        return next((column for column in self.columns if column.id == column_id), None)

    def history(self, column_id: str, turns: int | None = None) -> list[tuple[str, str]]:
        """The (message, reply) pairs this column has had in the first ``turns`` turns (all of them by default).

        Turns it did not answer are left out.
        """
        pairs = []
        for turn in self.turns[:turns]:
            reply = turn.replies.get(column_id)
            if reply is not None and reply.text and reply.status in ("ok", "stopped"):
                pairs.append((turn.said_to(column_id), reply.text))
        return pairs

    def with_replies(self, index: int, replies: Mapping[str, Reply], now: datetime) -> PlaygroundSession:
        """This session with replies added to, or changed in, one turn."""
        turn = self.turns[index]
        changed = turn.model_copy(update={"replies": {**turn.replies, **replies}})
        turns = (*self.turns[:index], changed, *self.turns[index + 1 :])
        return self.model_copy(update={"turns": turns, "updated_at": now})

    @property
    def cost(self) -> Decimal:
        """USD so far, as far as prices are known."""
        return sum((reply.cost for reply in self._replies() if reply.cost), Decimal(0))

    @property
    def unknown_costs(self) -> int:
        """How many replies have an unknown cost; with any, ``cost`` is a lower bound.

        Those that took several attempts are among them: an attempt that failed may have been billed.
        """
        return sum(reply.cost is None or (reply.attempts or 1) > 1 for reply in self._replies())

    def _replies(self) -> list[Reply]:
        return [reply for turn in self.turns for reply in turn.replies.values()]


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """A conversation as a list shows it."""

    id: str
    topic_id: str
    author: str
    opening: str
    turns: int
    columns: int
    updated_at: datetime
