"""One call's way to its answer: over attempts, waits and stand-in models, every attempt held before and recorded after.

:class:`Journey` decides what comes next; :mod:`coaching_core.llm.gateway` talks to the providers in between.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Generic, TypeVar

from coaching_core import logs
from coaching_core.clock import Clock, IdFactory, new_id, utc_now
from coaching_core.errors import LimitReachedError, ModelTimeoutError, ProviderPausedError, UnknownPriceError
from coaching_core.llm.accounting import Ledger, PromptRun, Reservation
from coaching_core.llm.catalogue import Catalogue
from coaching_core.llm.loop_lag import LoopLagMeter
from coaching_core.llm.resilience import Breaker, Breakers, RetryPolicy, is_passing
from coaching_core.llm.types import (
    CompletionRequest,
    EmbeddingRequest,
    Message,
    ModelInfo,
    Provider,
    RunStatus,
    Usage,
)

OTHER_PROVIDERS = "*"
"""Key of the provider that serves every vendor without an adapter of its own."""

DEFAULT_MAX_TOKENS = 4096
"""Longest answer, tokens, where the request does not say: without a bound nobody could hold the money for it."""

_TOKENS_AROUND_A_MESSAGE = 32
_LATE_SECONDS = 120.0
_log = logging.getLogger(__name__)

CallListener = Callable[[PromptRun], None]
"""Hears of every record, after it is durable. Must be quick; an error of its own is logged and harms nobody."""

Request = TypeVar("Request", CompletionRequest, EmbeddingRequest)


@dataclass(frozen=True, slots=True)
class CallLimits:
    """How long calls and attempts may take, seconds.

    Attributes:
        deadline: The whole call, all attempts and waits together, when the request does not say.
        attempt: One attempt; of a stream, its first piece and each wait between two pieces.
    """

    deadline: float = 60.0
    attempt: float = 30.0


@dataclass(frozen=True, slots=True)
class Equipment:
    """What every journey of a gateway shares."""

    catalogue: Catalogue
    providers: Mapping[str, Provider]
    ledger: Ledger
    limits: CallLimits = CallLimits()
    retries: RetryPolicy = RetryPolicy()
    breakers: Breakers = field(default_factory=Breakers)
    listeners: tuple[CallListener, ...] = ()
    clock: Clock = utc_now
    ids: IdFactory = new_id
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    draw: Callable[[float, float], float] = random.uniform
    lag: LoopLagMeter = field(default_factory=LoopLagMeter)

    async def keep(self, run: PromptRun) -> None:
        """Make a record durable, even if the caller leaves meanwhile, then tell those who listen."""
        await asyncio.shield(self.ledger.record(run))
        for listener in self.listeners:
            try:
                listener(run)
            except Exception:  # noqa: BLE001 - who watches must not harm what is watched
                _log.exception("a listener failed")


@dataclass(slots=True)
class Attempt(Generic[Request]):
    """One attempt under way.

    Attributes:
        request: As it goes to the provider: with the model, the time-out and the id of this attempt.
        run: The record as it would stand if the end were never heard.
    """

    info: ModelInfo
    provider: Provider
    request: Request
    run: PromptRun
    breaker: Breaker
    generation: int
    begun: float
    seconds: float
    ttft_ms: float | None = None
    streamed: bool = False

    def elapsed_ms(self) -> float:
        """Milliseconds since the attempt began."""
        return (time.perf_counter() - self.begun) * 1000


class Journey(Generic[Request]):
    """The way of one call.

    Args:
        streaming: The answer is streamed.

    Raises:
        ModelNotFoundError, MissingKeyError: The model that is asked for cannot be asked; nothing is recorded.
    """

    def __init__(self, equipment: Equipment, request: Request, streaming: bool) -> None:
        self._equipment = equipment
        self._loop = asyncio.get_running_loop()
        self._request = request
        self._streaming = streaming
        self._chain = self._models()
        self._place = 0
        self._attempts_here = 0
        self._wait = 0.0
        self._call_id: str | None = None
        self.attempts = 0
        self.deadline = self._loop.time() + (request.timeout_seconds or equipment.limits.deadline)

    @property
    def is_late(self) -> bool:
        """Whether the deadline has passed."""
        return self._loop.time() > self.deadline

    @property
    def has_stand_in(self) -> bool:
        """Whether another model can still take over."""
        return self._place + 1 < len(self._chain)

    async def next_attempt(self) -> Attempt[Request]:
        """Wait as long as need be, hold what the attempt may take, and hand it out.

        Raises:
            ProviderPausedError: No model can be asked before the deadline.
            LimitReachedError, UnknownPriceError: A limit refuses it.
        """
        while True:
            if self._wait:
                await self._equipment.sleep(self._wait)
                self._wait = 0.0
            info = self._chain[self._place]
            breaker = self._equipment.breakers.of(info.name)
            try:
                generation = breaker.admit()
            except ProviderPausedError as error:
                await self._after_a_pause(info, error)
                continue
            attempt = self._make(info, breaker, generation)
            try:
                await self._equipment.ledger.reserve(
                    Reservation(attempt.run, self._streaming, self._expiry(), may_switch=self.has_stand_in)
                )
            except (LimitReachedError, UnknownPriceError) as error:
                breaker.left(generation)
                if not self.has_stand_in:
                    await self._refuse(attempt.run, error)
                self._move_on()
                continue
            except BaseException:
                breaker.left(generation)
                raise
            self.attempts += 1
            self._attempts_here += 1
            self._equipment.lag.enter()
            attempt.begun = time.perf_counter()
            return attempt

    async def failed(self, attempt: Attempt[Request], error: BaseException) -> None:
        """Record a failed attempt and choose the next step; raises the error where there is none."""
        if isinstance(error, Exception):
            attempt.breaker.failed(attempt.generation, error)
        else:
            attempt.breaker.left(attempt.generation)
        goes_on = self._choose_next(error)
        unbilled = getattr(error, "unbilled", False)
        run = replace(
            self._ended(attempt, _status_of(error)),
            final=not goes_on,
            cost_usd=Decimal(0) if unbilled else None,
            held_usd=None if unbilled else attempt.run.held_usd,
            held_tokens=None if unbilled else attempt.run.held_tokens,
            error=type(error).__name__,
        )
        await self._equipment.keep(run)
        if not goes_on:
            raise error

    async def succeeded(self, attempt: Attempt[Request], usage: Usage) -> PromptRun:
        """Record the attempt that brought the answer; returns its record."""
        attempt.breaker.succeeded(attempt.generation)
        catalogue, model = self._equipment.catalogue, attempt.info.name
        cost = catalogue.cost(model, usage)
        run = replace(
            self._ended(attempt, RunStatus.OK),
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cached_tokens=usage.cached_tokens,
            cache_write_tokens=usage.cache_write_tokens,
            cost_usd=cost,
            price_version=None if cost is None else catalogue.price_version(model),
            held_usd=attempt.run.held_usd if cost is None else None,
            held_tokens=None,
        )
        await self._equipment.keep(run)
        return run

    def _models(self) -> tuple[ModelInfo, ...]:
        catalogue, request = self._equipment.catalogue, self._request
        asked = catalogue.require(request.model)
        if not getattr(request, "fallback", False):
            return (asked,)
        others = catalogue.fallbacks(asked.name, request.context.purpose)
        return (asked, *(catalogue.info(name) for name in others))

    def _make(self, info: ModelInfo, breaker: Breaker, generation: int) -> Attempt[Request]:
        equipment = self._equipment
        run_id = equipment.ids()
        self._call_id = self._call_id or run_id
        seconds = min(equipment.limits.attempt, max(0.001, self.deadline - self._loop.time()))
        if self.has_stand_in and self._streaming:
            seconds = min(seconds, equipment.retries.patience_seconds)
        request = self._for_wire(info.name, run_id, seconds)
        run = self._opening(run_id, info, request)
        provider = equipment.providers.get(info.provider) or equipment.providers[OTHER_PROVIDERS]
        return Attempt(info, provider, request, run, breaker, generation, time.perf_counter(), seconds)

    def _for_wire(self, model: str, run_id: str, seconds: float) -> Request:
        request = self._request
        if isinstance(request, CompletionRequest):
            most = request.max_tokens or DEFAULT_MAX_TOKENS
            return replace(request, model=model, max_tokens=most, timeout_seconds=seconds, call_id=run_id)
        return replace(request, model=model, timeout_seconds=seconds, call_id=run_id)

    def _opening(self, run_id: str, info: ModelInfo, request: CompletionRequest | EmbeddingRequest) -> PromptRun:
        context = request.context
        if isinstance(request, CompletionRequest):
            most_in, most_out = most_input_tokens(request.messages), request.max_tokens or DEFAULT_MAX_TOKENS
        else:
            most_in, most_out = sum(len(text.encode()) + 8 for text in request.texts), 0
        return PromptRun(
            id=run_id,
            tenant_id=context.tenant_id,
            purpose=context.purpose,
            provider=info.provider,
            model=info.name,
            simulated=info.simulated,
            latency_ms=0.0,
            status=RunStatus.UNKNOWN,
            created_at=self._equipment.clock(),
            request_id=context.request_id or logs.request_id.get(),
            user_id=context.user_id,
            session_id=context.session_id,
            interaction_ids=context.interaction_ids,
            group_id=context.group_id,
            eval_run_id=context.eval_run_id,
            topic_id=context.topic_id,
            prompt_version=context.prompt_version,
            rubric_version=context.rubric_version,
            call_id=self._call_id,
            attempt=self.attempts + 1,
            asked_model=None if info.name == self._chain[0].name else self._chain[0].name,
            held_usd=self._equipment.catalogue.worst_case(info.name, most_in, most_out),
            held_tokens=most_in + most_out,
        )

    def _ended(self, attempt: Attempt[Request], status: RunStatus) -> PromptRun:
        lag = self._equipment.lag
        lag_ms = lag.lag_ms
        lag.leave()
        return replace(
            attempt.run,
            status=status,
            latency_ms=attempt.elapsed_ms(),
            ttft_ms=attempt.ttft_ms,
            loop_lag_ms=round(lag_ms, 3),
        )

    def _choose_next(self, error: BaseException) -> bool:
        if not isinstance(error, Exception):
            return False
        policy, left = self._equipment.retries, self.deadline - self._loop.time()
        wait = policy.wait(error, self._attempts_here - 1, self._equipment.draw)
        most = policy.attempts_before_fallback if self.has_stand_in else policy.attempts
        patience = min(left, policy.patience_seconds) if self.has_stand_in else left
        if is_passing(error) and self._attempts_here < most and wait < patience:
            self._wait = wait
            return True
        if self.has_stand_in and left > 0:
            self._move_on()
            return True
        return False

    def _move_on(self) -> None:
        self._place += 1
        self._attempts_here = 0
        self._wait = 0.0

    async def _after_a_pause(self, info: ModelInfo, error: ProviderPausedError) -> None:
        if self.has_stand_in:
            self._move_on()
            return
        wait = (error.retry_after or 0.0) + self._equipment.draw(0.0, 0.5)
        if self._loop.time() + wait >= self.deadline:
            run_id = self._equipment.ids()
            self._call_id = self._call_id or run_id
            await self._refuse(self._opening(run_id, info, self._for_wire(info.name, run_id, 0.0)), error)
        self._wait = wait

    async def _refuse(self, run: PromptRun, error: Exception) -> None:
        await self._equipment.keep(
            replace(
                run,
                status=RunStatus.REFUSED,
                cost_usd=Decimal(0),
                held_usd=None,
                held_tokens=None,
                error=type(error).__name__,
            )
        )
        raise error

    def _expiry(self) -> datetime:
        left = max(0.0, self.deadline - self._loop.time())
        return self._equipment.clock() + timedelta(seconds=left + _LATE_SECONDS)


def most_input_tokens(messages: tuple[Message, ...]) -> int:
    """More tokens than any provider counts for these messages: a token is one byte at least."""
    return 64 + sum(len(message.content.encode()) + _TOKENS_AROUND_A_MESSAGE for message in messages)


def _status_of(error: BaseException) -> RunStatus:
    if isinstance(error, ModelTimeoutError):
        return RunStatus.TIMEOUT
    if isinstance(error, asyncio.CancelledError | GeneratorExit):
        return RunStatus.CANCELLED
    return RunStatus.ERROR
