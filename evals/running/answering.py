"""Gets a variant's answer to an item: one reply, or a whole conversation with a simulated coachee."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from coaching_core.errors import LimitReachedError, ModelCallError
from coaching_core.llm.types import CallContext, Completion, CompletionRequest, Message, Purpose
from evals.asking import messages_for
from evals.dataset import GoldenItem, Turn
from evals.judge_context import CompletionGateway
from evals.plan import Cell, RunPlan, Variant
from evals.running.persona import coachee_prompt, is_farewell

KeepTurn = Callable[[Cell, int, Turn], Awaitable[None]]
"""Makes a turn of a conversation durable: cell, its number from 0, the turn."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of a cell.

    Attributes:
        text: None when it failed; ``reason`` says why.
        turns: The whole conversation, where there was one.
    """

    text: str | None
    reason: str = ""
    finish_reason: str = ""
    turns: tuple[Turn, ...] = ()

    def as_body(self) -> dict[str, Any]:
        """What the journal's line says."""
        if self.text is None:
            return {"status": "failed", "reason": self.reason}
        body = {"status": "ok", "text": self.text, "finish_reason": self.finish_reason}
        return body | ({"turns": [turn.model_dump() for turn in self.turns]} if self.turns else {})

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> Answered:
        """The inverse of :meth:`as_body`."""
        if body["status"] != "ok":
            return cls(None, body.get("reason", ""))
        turns = tuple(Turn.model_validate(turn) for turn in body.get("turns", ()))
        return cls(body["text"], "", body.get("finish_reason", ""), turns)


class Answering:
    """Asks variants.

    Args:
        keep_turn: Makes each turn of a conversation durable before the next one is asked for.
    """

    def __init__(self, plan: RunPlan, gateway: CompletionGateway, keep_turn: KeepTurn) -> None:
        self._plan = plan
        self._gateway = gateway
        self._keep_turn = keep_turn

    async def answer(self, cell: Cell, variant: Variant, item: GoldenItem, before: Sequence[Turn] = ()) -> Answered:
        """The answer to one cell; a call that failed is an answer without a text.

        Args:
            before: The turns of its conversation that are durable already.

        Raises:
            LimitReachedError: A limit refuses the call.
        """
        try:
            if self._plan.dialogue is not None:
                return await self._converse(cell, variant, item, [*item.conversation, *before])
            messages = messages_for(variant, item)
            completion = await self._gateway.complete(self._request(cell, variant, item, messages))
        except LimitReachedError:
            raise
        except ModelCallError as error:
            return Answered(None, f"{type(error).__name__}: {error}")
        return Answered(completion.text, "", completion.finish_reason)

    async def _converse(self, cell: Cell, variant: Variant, item: GoldenItem, turns: list[Turn]) -> Answered:
        dialogue, finish = self._plan.dialogue, "stop"
        if dialogue is None or item.persona is None:
            raise ValueError(f"item {item.id} has no persona to talk with")
        system = tuple(message for message in messages_for(variant, item) if message.role == "system")
        while True:
            replies = sum(turn.role == "assistant" for turn in turns) - _replies_in(item)
            if turns and turns[-1].role == "assistant" and replies >= dialogue.turns:
                break
            if turns and turns[-1].role == "user":
                said = tuple(Message(turn.role, turn.content) for turn in turns)
                completion = await self._gateway.complete(self._request(cell, variant, item, (*system, *said)))
                turn, finish = Turn(role="assistant", content=completion.text or "…"), completion.finish_reason
            else:
                completion = await self._ask_coachee(cell, item, turns, dialogue.coachee)
                turn = Turn(role="user", content=completion.text or "…")
            turns.append(turn)
            await self._keep_turn(cell, len(turns) - 1, turn)
            if turn.role == "user" and replies > 0 and is_farewell(turn.content):
                break
        text = next(turn.content for turn in reversed(turns) if turn.role == "assistant")
        return Answered(text, "", finish, tuple(turns))

    async def _ask_coachee(self, cell: Cell, item: GoldenItem, turns: Sequence[Turn], model: str) -> Completion:
        """The person's next turn, seen from the person's side."""
        opening = Message("user", "(The session begins. Say what brings you here.)")
        heard = [Message("user" if turn.role == "assistant" else "assistant", turn.content) for turn in turns]
        if not heard or heard[0].role == "assistant":
            heard.insert(0, opening)
        request = CompletionRequest(
            model=model,
            messages=(Message("system", coachee_prompt(item)), *heard),
            context=CallContext(
                tenant_id=self._plan.tenant_id,
                user_id=self._plan.author,
                purpose=Purpose.EVALUATION,
                eval_run_id=self._plan.run_id,
            ),
            seed=self._plan.call_seed(cell.repeat),
        )
        return await self._gateway.complete(request)

    def _request(
        self, cell: Cell, variant: Variant, item: GoldenItem, messages: tuple[Message, ...]
    ) -> CompletionRequest:
        part = variant.part(item.topic)
        return CompletionRequest(
            model=variant.model,
            messages=messages,
            temperature=part.settings.temperature,
            max_tokens=part.settings.max_tokens,
            seed=self._plan.call_seed(cell.repeat, variant.id),
            reuse_reply=self._plan.may_reuse(cell.repeat),
            context=CallContext(
                tenant_id=self._plan.tenant_id,
                user_id=self._plan.author,
                purpose=Purpose.EVALUATION,
                topic_id=self._plan.topic_id or item.topic,
                prompt_version=part.version,
                rubric_version=self._plan.rubric.label,
                eval_run_id=self._plan.run_id,
            ),
        )


def _replies_in(item: GoldenItem) -> int:
    return sum(turn.role == "assistant" for turn in item.conversation)
