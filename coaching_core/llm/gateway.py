"""The only way to a model: one call in, one answer out, one PromptRun written (ledger L1-L3)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from coaching_core import logs
from coaching_core.clock import Clock, IdFactory, new_id, utc_now
from coaching_core.errors import IncompleteReplyError, ModelTimeoutError
from coaching_core.llm.accounting import PromptRun, PromptRunRecorder
from coaching_core.llm.catalogue import Catalogue
from coaching_core.llm.loop_lag import LoopLagMeter
from coaching_core.llm.types import (
    Completion,
    CompletionRequest,
    ModelInfo,
    Provider,
    ProviderReply,
    RunStatus,
    TextDelta,
    Usage,
)

OTHER_PROVIDERS = "*"
"""Key of the provider that serves every vendor without an adapter of its own."""


@dataclass(slots=True)
class _Call:
    """A call under way."""

    id: str
    info: ModelInfo
    request: CompletionRequest
    begun_at: datetime
    begun: float
    ttft_ms: float | None = None

    def elapsed_ms(self) -> float:
        return (time.perf_counter() - self.begun) * 1000


class Gateway:
    """Asks models, times them, prices them and records each call.

    Args:
        catalogue: Which models there are and what they cost.
        providers: Adapters by vendor; ``"*"`` serves all others.
        recorder: Where PromptRuns go; a call is not done before its record is durable.
        timeout_seconds: Longest wait for one answer when the request does not say.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        providers: Mapping[str, Provider],
        recorder: PromptRunRecorder,
        timeout_seconds: float = 60.0,
        clock: Clock = utc_now,
        ids: IdFactory = new_id,
    ) -> None:
        self.catalogue = catalogue
        self._providers = providers
        self._recorder = recorder
        self._timeout_seconds = timeout_seconds
        self._clock = clock
        self._ids = ids
        self._lag = LoopLagMeter()

    async def complete(self, request: CompletionRequest) -> Completion:
        """The whole answer at once.

        Raises:
            ModelNotFoundError, MissingKeyError: Before anything is sent.
            ModelCallError: The call failed; its PromptRun is written all the same.
        """
        call, provider = self._begin(request)
        limit = request.timeout_seconds or self._timeout_seconds
        try:
            async with asyncio.timeout(limit):
                reply = await provider.complete(request)
        except TimeoutError as error:
            late = ModelTimeoutError(f"{call.info.label} did not answer within {limit:g} s.")
            await self._record_failure(call, late)
            raise late from error
        except BaseException as error:
            await self._record_failure(call, error)
            raise
        return await self._finish(call, reply)

    async def stream(self, request: CompletionRequest) -> AsyncIterator[TextDelta | Completion]:
        """The answer piece by piece, then one :class:`Completion` with the whole of it.

        Closing the iterator early stops the call; its PromptRun then says ``cancelled``.

        Raises:
            ModelNotFoundError, MissingKeyError: Before anything is sent.
            ModelCallError: The call failed; its PromptRun is written all the same.
        """
        call, provider = self._begin(request)
        reply: ProviderReply | None = None
        try:
            async with aclosing(cast("_Closing", provider.stream(request))) as pieces:
                async for piece in pieces:
                    if isinstance(piece, ProviderReply):
                        reply = piece
                        break
                    if call.ttft_ms is None:
                        call.ttft_ms = call.elapsed_ms()
                    yield piece
            if reply is None:
                raise IncompleteReplyError(f"{call.info.label} broke off without finishing its answer.")
        except BaseException as error:
            await self._record_failure(call, error)
            raise
        yield await self._finish(call, reply)

    def _begin(self, request: CompletionRequest) -> tuple[_Call, Provider]:
        info = self.catalogue.require(request.model)
        provider = self._providers.get(info.provider) or self._providers[OTHER_PROVIDERS]
        self._lag.enter()
        return _Call(self._ids(), info, request, self._clock(), time.perf_counter()), provider

    async def _finish(self, call: _Call, reply: ProviderReply) -> Completion:
        run = await asyncio.shield(self._record(call, RunStatus.OK, reply.usage))
        return Completion(
            text=reply.text,
            finish_reason=reply.finish_reason,
            usage=reply.usage,
            model=call.info.name,
            latency_ms=run.latency_ms,
            ttft_ms=run.ttft_ms,
            cost=run.cost_usd,
            simulated=call.info.simulated,
            prompt_run_id=call.id,
        )

    async def _record_failure(self, call: _Call, error: BaseException) -> None:
        if isinstance(error, ModelTimeoutError):
            status = RunStatus.TIMEOUT
        elif isinstance(error, asyncio.CancelledError | GeneratorExit):
            status = RunStatus.CANCELLED
        else:
            status = RunStatus.ERROR
        await asyncio.shield(self._record(call, status, None, error))

    async def _record(
        self, call: _Call, status: RunStatus, usage: Usage | None, error: BaseException | None = None
    ) -> PromptRun:
        latency_ms = call.elapsed_ms()
        lag_ms = self._lag.lag_ms
        self._lag.leave()
        context = call.request.context
        cost = self.catalogue.cost(call.info.name, usage) if usage else None
        run = PromptRun(
            id=call.id,
            tenant_id=context.tenant_id,
            purpose=context.purpose,
            provider=call.info.provider,
            model=call.info.name,
            simulated=call.info.simulated,
            latency_ms=latency_ms,
            status=status,
            created_at=call.begun_at,
            request_id=context.request_id or logs.request_id.get(),
            user_id=context.user_id,
            session_id=context.session_id,
            interaction_ids=context.interaction_ids,
            group_id=context.group_id,
            eval_run_id=context.eval_run_id,
            topic_id=context.topic_id,
            prompt_version=context.prompt_version,
            rubric_version=context.rubric_version,
            ttft_ms=call.ttft_ms,
            loop_lag_ms=round(lag_ms, 3),
            cost_usd=cost,
            price_version=self.catalogue.price_version(call.info.name) if cost is not None else None,
            error=type(error).__name__ if error else None,
        )
        if usage is not None:
            run = replace(
                run,
                input_tokens=usage.input_tokens,
                output_tokens=usage.output_tokens,
                cached_tokens=usage.cached_tokens,
            )
        await self._recorder.record(run)
        return run


class _Closing(AsyncIterator[TextDelta | ProviderReply]):
    """What an async generator is to :func:`contextlib.aclosing`."""

    async def aclose(self) -> None: ...
