"""Turns under way: answers that are arriving, found again by whoever looks at their conversation."""

from __future__ import annotations

import queue
from collections.abc import Mapping
from types import MappingProxyType

from coaching_core.llm.model_loop import LiveReply
from coaching_core.playground.models import Column, PlaygroundSession, Reply


class LiveTurn:
    """A turn under way: the message and the answers that are arriving, by column id.

    Attributes:
        session: The conversation as it was kept when the turn began; the turn is in it, answers marked interrupted.
        index: Which of its turns this is.
        problem: Why the answers could not be kept, in words for a person; None while all is well.
        arrivals: Gets a column's id whenever one of the answers has ended.
    """

    def __init__(self, session: PlaygroundSession, index: int) -> None:
        self.session = session
        self.index = index
        self.problem: str | None = None
        self.arrivals: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._replies: dict[str, LiveReply] = {}

    @property
    def message(self) -> str:
        """What was said to all."""
        return self.session.turns[self.index].message

    @property
    def replies(self) -> Mapping[str, LiveReply]:
        """The answers that this turn waits, or waited, for."""
        return MappingProxyType(dict(self._replies))

    @property
    def done(self) -> bool:
        """Every answer has ended: finished, failed or stopped."""
        return all(reply.done for reply in self.replies.values())

    def add(self, column_id: str, reply: LiveReply) -> None:
        """Wait for this answer as well; it takes the place of an earlier one of the column."""
        self._replies[column_id] = reply

    def stop(self) -> None:
        """Break off every answer that is still arriving."""
        for reply in self.replies.values():
            reply.stop()


def as_reply(live: LiveReply, column: Column) -> Reply:
    """What is to be kept of an answer, finished or not."""
    done = live.completion
    if done is not None:
        return Reply(
            text=done.text,
            finish_reason=done.finish_reason,
            input_tokens=done.usage.input_tokens,
            output_tokens=done.usage.output_tokens,
            cost=done.cost,
            latency_ms=done.latency_ms,
            ttft_ms=done.ttft_ms,
            simulated=done.simulated,
            prompt_run_id=done.prompt_run_id,
            model=done.model,
            version=column.version,
            asked=done.asked if done.fell_back else None,
            attempts=done.attempts,
            restarted=live.restarted,
        )
    kept = Reply(
        text=live.text,
        ttft_ms=live.ttft_ms,
        model=column.model,
        version=column.version,
        restarted=live.restarted,
    )
    if live.error is not None:
        return kept.model_copy(update={"status": "failed", "error": live.error})
    if live.stopped:
        return kept.model_copy(update={"status": "stopped"})
    return kept.model_copy(update={"status": "interrupted"})
