"""The provider of simulated models: our port on one side, coach, analyst and judge on the other."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from coaching_core.llm.providers.simulated.analyst import analyse, wants_json
from coaching_core.llm.providers.simulated.coach import reply
from coaching_core.llm.providers.simulated.draws import Draws
from coaching_core.llm.providers.simulated.judge import judge
from coaching_core.llm.providers.simulated.models import SimulatedModel, find_model
from coaching_core.llm.providers.simulated.payload import read_task
from coaching_core.llm.providers.simulated.tokens import count_tokens, cut_to_tokens
from coaching_core.llm.providers.simulated.vectors import DEFAULT_DIMENSIONS, vector_of
from coaching_core.llm.types import (
    CompletionRequest,
    EmbeddingReply,
    EmbeddingRequest,
    ProviderReply,
    TextDelta,
    Usage,
)

_PIECE = re.compile(r"\s*\S{1,12}|\s+")
_COACH_SECONDS, _JUDGE_SECONDS, _FIRST_TOKEN_SECONDS = (0.25, 0.7), (0.15, 0.35), (0.15, 0.5)


@dataclass(frozen=True, slots=True)
class _Prepared:
    model: SimulatedModel
    draws: Draws
    reply: ProviderReply


def _text(model: SimulatedModel, request: CompletionRequest, draws: Draws) -> str:
    said = [message.content for message in request.messages if message.role == "user"]
    task = read_task(said[-1]) if said else None
    if task is not None or model.role == "judge":
        return judge(model, task, request.seed or 0)
    if request.json_object or wants_json(request.messages):
        return analyse(request.messages, draws)
    return reply(model, request.messages, draws)


def _prepare(request: CompletionRequest) -> _Prepared:
    model, draws = find_model(request.model), Draws.of_request(request)
    text, finish = _text(model, request, draws), "stop"
    if request.max_tokens is not None and count_tokens(text) > request.max_tokens:
        text, finish = cut_to_tokens(text, request.max_tokens), "length"
    usage = Usage(sum(count_tokens(message.content) for message in request.messages), count_tokens(text))
    return _Prepared(model, draws, ProviderReply(text, finish, usage))


class SimulatedProvider:
    """Answers for every ``simulated/…`` model; no key, no network.

    Args:
        pace: 1 is realistic, 0 answers at once, 2 takes twice as long.
    """

    def __init__(self, pace: float = 1.0) -> None:
        self._pace = pace

    async def complete(self, request: CompletionRequest) -> ProviderReply:
        """The whole answer.

        Raises:
            ModelNotFoundError: There is no such simulated model.
        """
        prepared = _prepare(request)
        await self._wait(prepared, _JUDGE_SECONDS if prepared.model.role == "judge" else _COACH_SECONDS)
        return prepared.reply

    async def stream(self, request: CompletionRequest) -> AsyncIterator[TextDelta | ProviderReply]:
        """The answer in pieces of a word or part of one, then the whole of it.

        Raises:
            ModelNotFoundError: There is no such simulated model.
        """
        prepared = _prepare(request)
        await self._wait(prepared, _FIRST_TOKEN_SECONDS)
        tokens_per_second = 60 + 30 * prepared.model.speed
        for index, piece in enumerate(_PIECE.findall(prepared.reply.text)):
            if index and self._pace > 0:
                await asyncio.sleep(self._pace * len(piece) / 4 / tokens_per_second)
            yield TextDelta(piece)
        yield prepared.reply

    async def embed(self, request: EmbeddingRequest) -> EmbeddingReply:
        """A vector for each text, by the words they have in common; any ``simulated/…`` name will do."""
        vectors = tuple(vector_of(text, request.dimensions or DEFAULT_DIMENSIONS) for text in request.texts)
        return EmbeddingReply(vectors, Usage(sum(map(count_tokens, request.texts)), 0))

    async def aclose(self) -> None:
        """Nothing is open."""

    async def _wait(self, prepared: _Prepared, bounds: tuple[float, float]) -> None:
        if self._pace > 0:
            low, high = bounds
            share = 0.3 * (1 - prepared.model.speed) + 0.7 * prepared.draws.uniform("delay")
            await asyncio.sleep(self._pace * (low + (high - low) * share))
