"""One real call to a model, to see that it answers: through the gateway, limited, recorded and paid like any other."""

from __future__ import annotations

from coaching_core.clock import Clock, IdFactory, new_id, utc_now
from coaching_core.errors import WorkbenchError
from coaching_core.llm.gateway import Gateway
from coaching_core.llm.model_loop import ModelLoop
from coaching_core.llm.types import CallContext, CompletionRequest, EmbeddingRequest, Message, ModelInfo, Purpose
from coaching_core.models.models import Trial

QUESTION = "Say in one short sentence that you are ready to coach."
_SYSTEM = "You are a coach. Answer in one sentence of at most fifteen words."
_MOST_TOKENS, _MOST_TOKENS_THINKING = 60, 600
_SECONDS = 30.0


class ModelTrial:
    """Asks a model once, on behalf of a tenant; another model never answers in its place."""

    def __init__(
        self, gateway: Gateway, loop: ModelLoop, tenant_id: str, clock: Clock = utc_now, ids: IdFactory = new_id
    ) -> None:
        self._gateway = gateway
        self._loop = loop
        self._tenant_id = tenant_id
        self._clock = clock
        self._ids = ids

    def run(self, model: str) -> Trial:
        """Ask, and wait for the end: some seconds, half a minute at most.

        Raises:
            ModelNotFoundError: There is no such model. What else goes wrong is told by the :class:`Trial`.
        """
        info = self._gateway.catalogue.info(model)
        return self._embed(info) if "embedding" in info.roles else self._talk(info)

    def _talk(self, info: ModelInfo) -> Trial:
        thinks = "reasoning" in self._gateway.catalogue.facts(info.name).capabilities
        request = CompletionRequest(
            model=info.name,
            messages=(Message("system", _SYSTEM), Message("user", QUESTION)),
            context=self._context(Purpose.CHAT),
            max_tokens=_MOST_TOKENS_THINKING if thinks else _MOST_TOKENS,
            timeout_seconds=_SECONDS,
        )
        begun, reply = self._clock(), self._loop.stream(self._gateway, request)
        reply.wait()
        done = reply.completion
        if done is None:
            words = reply.error or "The call was broken off."
            return Trial(info.name, reply.text, info.simulated, begun, words, ttft_ms=reply.ttft_ms)
        return Trial(
            model=done.model,
            text=done.text,
            simulated=done.simulated,
            asked_at=begun,
            usage=done.usage,
            cost=done.cost,
            ttft_ms=done.ttft_ms,
            latency_ms=done.latency_ms,
            prompt_run_id=done.prompt_run_id,
        )

    def _embed(self, info: ModelInfo) -> Trial:
        request = EmbeddingRequest(info.name, (QUESTION,), self._context(Purpose.EMBEDDING), timeout_seconds=_SECONDS)
        begun = self._clock()
        try:
            done = self._loop.run(self._gateway.embed, request)
        except WorkbenchError as error:
            return Trial(info.name, "", info.simulated, begun, str(error))
        first = ", ".join(f"{value:.3f}" for value in done.vectors[0][:4])
        return Trial(
            model=done.model,
            text=f"A vector of {len(done.vectors[0]):,} numbers: {first} …",
            simulated=info.simulated,
            asked_at=begun,
            usage=done.usage,
            cost=done.cost,
            latency_ms=(self._clock() - begun).total_seconds() * 1000,
            prompt_run_id=done.prompt_run_id,
        )

    def _context(self, purpose: Purpose) -> CallContext:
        return CallContext(tenant_id=self._tenant_id, purpose=purpose, request_id=self._ids())
