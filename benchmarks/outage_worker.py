"""The child process of the outage: people who talk with a coach, turn after turn, whatever happens to the provider.

``python -m benchmarks.outage_worker --seconds N`` prints ``begun`` with the time when the first turns begin, and at the
end a JSON object: every turn as its person saw it, and how the breaker of the primary model stood.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass

from coaching_core.bootstrap import Services, build_services
from coaching_core.errors import WorkbenchError
from coaching_core.llm.configuration import Task, TaskModels
from coaching_core.llm.resilience import BreakerState
from coaching_core.llm.types import (
    CallContext,
    Completion,
    CompletionRequest,
    Message,
    PromptCaching,
    Purpose,
    Restart,
)
from coaching_core.settings import Settings

PRIMARY, STAND_IN = "openai/gpt-4.1-mini", "anthropic/claude-haiku-4-5"
_PAUSE_SECONDS = 0.5
_LOOK_SECONDS = 0.02
_MAX_TOKENS = 200


@dataclass(slots=True)
class SeenTurn:
    """One turn as the person saw it.

    Attributes:
        begun, first, ended: Unix time; ``first`` is the first piece of the answer that stood, None without one.
        model: Who answered; None when nobody did.
        restarts: How often what was on the screen became void.
        error: The class of what the person got instead of an answer.
    """

    begun: float
    ended: float = 0.0
    first: float | None = None
    model: str | None = None
    restarts: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class SeenBreaker:
    """How the breaker stood from a moment on, Unix time, until it is tried again at ``retry_at``."""

    at: float
    state: str
    opened: int
    retry_at: float | None


def main() -> None:
    """Open the store as the product does, choose who stands in, and let people talk."""
    parser = argparse.ArgumentParser(description="People who talk with a coach.")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--users", type=int, default=50)
    options = parser.parse_args()
    services = build_services(Settings(_env_file=None))
    try:
        services.models.save_matrix([TaskModels(Task.LIVE_CHAT, (PRIMARY, STAND_IN))], "outage")
        turns, breaker = services.model_loop.run(_talk, services, options.users, options.seconds)
    finally:
        services.close()
    document = {"turns": [asdict(turn) for turn in turns], "breaker": [asdict(seen) for seen in breaker]}
    sys.stdout.write(json.dumps(document) + "\n")


async def _talk(services: Services, users: int, seconds: float) -> tuple[list[SeenTurn], list[SeenBreaker]]:
    turns: list[SeenTurn] = []
    breaker: list[SeenBreaker] = []
    watch = asyncio.create_task(_watch(services, breaker))
    sys.stdout.write(f"begun {time.time()}\n")
    sys.stdout.flush()
    until = asyncio.get_running_loop().time() + seconds
    await asyncio.gather(*(_one_person(services, user, until, turns) for user in range(users)))
    watch.cancel()
    return turns, breaker


async def _watch(services: Services, seen: list[SeenBreaker]) -> None:
    """Note the breaker whenever it has changed."""
    while True:
        for report in services.gateway.breakers():
            known = (seen[-1].state, seen[-1].opened) if seen else (BreakerState.CLOSED, 0)
            if report.model == PRIMARY and (report.state, report.opened) != known:
                now = time.time()
                retry_at = None if report.retry_in is None else now + report.retry_in
                seen.append(SeenBreaker(now, report.state, report.opened, retry_at))
        await asyncio.sleep(_LOOK_SECONDS)


async def _one_person(services: Services, user: int, until: float, turns: list[SeenTurn]) -> None:
    loop, number = asyncio.get_running_loop(), 0
    await asyncio.sleep(_PAUSE_SECONDS * (user % 10) / 10)
    while loop.time() < until:
        turns.append(await _turn(services, _question(user, number)))
        number += 1
        await asyncio.sleep(_PAUSE_SECONDS)


async def _turn(services: Services, question: CompletionRequest) -> SeenTurn:
    turn = SeenTurn(time.time())
    try:
        async for event in services.gateway.stream(question):
            if isinstance(event, Completion):
                turn.model = event.model
            elif isinstance(event, Restart):
                turn.restarts += 1
                turn.first = None
            elif turn.first is None:
                turn.first = time.time()
    except WorkbenchError as error:
        turn.error = type(error).__name__
    turn.ended = time.time()
    return turn


def _question(user: int, number: int) -> CompletionRequest:
    return CompletionRequest(
        model=PRIMARY,
        messages=(
            Message("system", "You are a coach. Ask one open question that begins with what or how."),
            Message("user", f"This is my {number + 1}th try to say what I want. " * (1 + number % 7)),
        ),
        context=CallContext("outage", Purpose.CHAT, user_id=f"user-{user}", session_id=f"session-{user}"),
        max_tokens=_MAX_TOKENS,
        prompt_caching=PromptCaching.CONVERSATION,
        fallback=True,
    )


if __name__ == "__main__":
    main()
