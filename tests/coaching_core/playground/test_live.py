"""What is kept of an answer: who gave it, in how many attempts, and whether it began anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any, cast

from coaching_core.llm.gateway import Gateway, StreamEvent
from coaching_core.llm.model_loop import LiveReply
from coaching_core.llm.types import Completion, PromptCaching, Restart, TextDelta, Usage
from coaching_core.playground.live import as_reply
from coaching_core.playground.models import Column, Reply
from tests.coaching_core.llm.scripted import question
from tests.coaching_core.test_playground_service import STEADY, House, house

__all__ = ["house"]

KEEN = "simulated/coach-keen"
COLUMN = Column(id="a", model=STEADY, version=3)


class Events:
    """A gateway that streams these events."""

    def __init__(self, *events: StreamEvent) -> None:
        self._events = events

    async def stream(self, request: object) -> AsyncIterator[StreamEvent]:
        for event in self._events:
            yield event


def completion(**changes: Any) -> Completion:
    values: dict[str, Any] = {"text": "Whole.", "finish_reason": "stop", "usage": Usage(10, 2), "model": STEADY}
    values |= {"latency_ms": 9.0, "ttft_ms": 1.0, "cost": Decimal("0.1"), "simulated": True, "prompt_run_id": "r"}
    return Completion(**values | changes)


def kept(*events: StreamEvent) -> Reply:
    live = LiveReply()
    asyncio.run(live.consume(cast("Gateway", Events(*events)), question()))
    return as_reply(live, COLUMN)


def test_an_answer_at_the_first_attempt_by_its_own_model_says_nothing_more() -> None:
    reply = kept(TextDelta("Whole."), completion(asked=STEADY))
    assert (reply.model, reply.asked, reply.attempts, reply.restarted) == (STEADY, None, 1, None)


def test_a_stand_in_that_began_anew_is_kept_as_who_answered() -> None:
    broken = Restart(KEEN, "Steady coach broke off.")
    reply = kept(TextDelta("Ha"), broken, TextDelta("Whole."), completion(model=KEEN, asked=STEADY, attempts=3))
    assert (reply.text, reply.version) == ("Whole.", 3)
    assert (reply.model, reply.asked, reply.attempts) == (KEEN, STEADY, 3)
    assert reply.restarted == "Steady coach broke off."


def test_an_answer_under_way_shows_only_what_came_since_it_began_anew() -> None:
    reply = kept(TextDelta("Ha"), Restart(STEADY, "It broke off."), TextDelta("Who"))
    assert (reply.text, reply.restarted, reply.attempts) == ("Who", "It broke off.", None)


def test_answers_kept_by_an_earlier_release_still_load() -> None:
    old = Reply.model_validate_json('{"text": "Hello", "status": "ok", "cost": "0.01", "model": "m", "version": 1}')
    assert (old.asked, old.attempts, old.restarted) == (None, None, None)
    assert Reply.model_validate_json(kept(completion(attempts=2)).model_dump_json()).attempts == 2


def test_providers_are_asked_to_keep_a_conversation_from_its_second_turn_on(house: House) -> None:
    session = house.session((STEADY, 1))
    for message in ("First.", "Second.", "Third."):
        session = house.say(session, message)
    system, conversation = PromptCaching.SYSTEM, PromptCaching.CONVERSATION
    assert [request.prompt_caching for request in house.provider.requests] == [system, conversation, conversation]
    assert not any(request.fallback for request in house.provider.requests), "columns compare models"
