"""Lets the demo's calls happen: what each attempt took, how it ended, and what was tried after it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from coaching_core.demo.coaching import DEMO_TENANT
from coaching_core.demo.models_asked import HAIKU, LARGE, MINI, NOVA, SONNET, AskedModel, version_at
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.types import Purpose, RunStatus, Usage

PriceFunction = Callable[[str, Usage], Decimal | None]
"""USD for the tokens of one call to a model; None when its price is unknown."""

PRICE_VERSION = "demo"

_CACHING_SINCE_DAYS = 55
_INCIDENT_DAYS_AGO = (18.6, 19.1)
_INCIDENT_PROVIDER = "bedrock"
_RUBRIC = "coaching_quality 1"
_SMALLEST_MONEY = Decimal("1e-12")
_STREAMED = (Purpose.CHAT, Purpose.ANALYSIS)
_ANSWER_TOKENS = {
    Purpose.CHAT: 96.0,
    Purpose.ASSESSMENT: 150.0,
    Purpose.SUMMARY: 210.0,
    Purpose.ANALYSIS: 520.0,
    Purpose.EVALUATION: 98.0,
    Purpose.JUDGE: 260.0,
}
_LONGEST_ANSWER = 1_024
_LIMITS_SINCE_DAYS = 21
_KEPT = (Purpose.EVALUATION, Purpose.JUDGE)
_KEPT_RATE = 0.05
_SAME_MODEL_AGAIN = 0.4
_GIVEN_UP = 0.35
_STAND_INS = {NOVA: HAIKU, HAIKU: MINI, MINI: HAIKU, SONNET: LARGE, LARGE: SONNET}
_FAILURES = {
    "RateLimitedError": (RunStatus.ERROR, 30.0, 240.0),
    "ProviderDownError": (RunStatus.ERROR, 35.0, 1_900.0),
    "IncompleteReplyError": (RunStatus.ERROR, 15.0, 2_600.0),
    "ModelTimeoutError": (RunStatus.TIMEOUT, 20.0, 60_000.0),
}
"""By class of the error: how the call ended, how often it is that one, and how long it took, milliseconds."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call to be made. Tokens that can be cached are those of the question's beginning."""

    purpose: Purpose
    model: AskedModel
    at: datetime
    question_tokens: float
    cacheable_tokens: float = 0
    user_id: str | None = None
    session_id: str | None = None
    interaction_ids: tuple[str, ...] = ()
    group_id: str | None = None
    topic_id: str | None = None


class AttemptMaker:
    """Lets calls happen: tokens, times, cost; now and then a failure that is tried once more, or a stand-in."""

    def __init__(self, dice: Random, turns: Random, now: datetime, price: PriceFunction) -> None:
        self._dice = dice
        self._turns = turns
        self._made = 0
        self._now = now
        self._price = price

    def attempts(self, call: Call) -> list[PromptRun]:
        """The call's PromptRuns: mostly one; after a failure that of a second attempt, sometimes by a stand-in."""
        self._made += 1
        blank = replace(self._blank(call), call_id=f"{self._made:06d}")
        if self._turns.random() < self._refusal_rate(call):
            return [replace(blank, status=RunStatus.REFUSED, error="LimitReachedError", cost_usd=Decimal(0))]
        if self._dice.random() >= self._failure_rate(call):
            return [self._succeeded(call, blank)]
        failed = self._failed(call, blank)
        if failed.status is RunStatus.CANCELLED or self._turns.random() < _GIVEN_UP:
            return [failed]
        again = failed.latency_ms + self._dice.uniform(200, 1_500)
        later = replace(blank, created_at=blank.created_at + timedelta(milliseconds=again), attempt=2)
        return [replace(failed, final=False), self._second(call, later)]

    def _second(self, call: Call, blank: PromptRun) -> PromptRun:
        stand_in = _STAND_INS.get(call.model)
        if stand_in is None or call.purpose not in _STREAMED or self._turns.random() < _SAME_MODEL_AGAIN:
            return self._succeeded(call, blank)
        taken_over = replace(blank, model=stand_in.name, provider=stand_in.provider, asked_model=call.model.name)
        return self._succeeded(replace(call, model=stand_in), taken_over)

    def _refusal_rate(self, call: Call) -> float:
        busy = call.purpose is Purpose.EVALUATION and self._days_ago(call.at) < _LIMITS_SINCE_DAYS
        return 0.015 if busy and not call.model.simulated else 0

    def _failure_rate(self, call: Call) -> float:
        if call.model.simulated:
            return 0
        incident = _INCIDENT_DAYS_AGO[0] <= self._days_ago(call.at) <= _INCIDENT_DAYS_AGO[1]
        return 0.4 if incident and call.model.provider == _INCIDENT_PROVIDER else 0.0115

    def _blank(self, call: Call) -> PromptRun:
        version = version_at(call.topic_id, self._days_ago(call.at)).number if call.topic_id else None
        judged = call.purpose in (Purpose.JUDGE, Purpose.ASSESSMENT)
        return PromptRun(
            id="",
            tenant_id=DEMO_TENANT,
            purpose=call.purpose,
            provider=call.model.provider,
            model=call.model.name,
            simulated=call.model.simulated,
            latency_ms=0,
            status=RunStatus.OK,
            created_at=call.at,
            user_id=call.user_id,
            session_id=call.session_id,
            interaction_ids=call.interaction_ids,
            group_id=call.group_id,
            topic_id=call.topic_id,
            prompt_version=version,
            rubric_version=_RUBRIC if judged else None,
            loop_lag_ms=self._loop_lag(),
        )

    def _failed(self, call: Call, blank: PromptRun) -> PromptRun:
        most = Usage(round(max(40.0, call.question_tokens) * 1.1), _LONGEST_ANSWER)
        bound = self._price(call.model.name, most)
        blank = replace(
            blank,
            held_tokens=most.input_tokens + most.output_tokens,
            held_usd=None if bound is None else bound.quantize(_SMALLEST_MONEY),
        )
        if self._dice.random() < 0.12:
            latency = self._dice.uniform(500, 4_000)
            return replace(blank, status=RunStatus.CANCELLED, error="CancelledError", latency_ms=round(latency, 1))
        names, endings = list(_FAILURES), list(_FAILURES.values())
        (place,) = self._dice.choices(range(len(names)), weights=[weight for _, weight, _ in endings])
        status, _, usual = endings[place]
        latency = usual + self._dice.uniform(0, 40) if status is RunStatus.TIMEOUT else self._around(usual, 0.5)
        return replace(blank, status=status, error=names[place], latency_ms=round(latency, 1))

    def _succeeded(self, call: Call, blank: PromptRun) -> PromptRun:
        usage = self._usage(call)
        cost = self._price(call.model.name, usage)
        first = self._around(call.model.first_token_ms, 0.32)
        if self._dice.random() < 0.02:
            first += self._dice.uniform(600, 3_000)
        writing = usage.output_tokens / self._around(call.model.tokens_per_second, 0.14) * 1_000
        money = None if cost is None else cost.quantize(_SMALLEST_MONEY)
        done = replace(
            blank,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cached_tokens=usage.cached_tokens,
            cache_write_tokens=usage.cache_write_tokens,
            ttft_ms=round(first, 1) if call.purpose in _STREAMED else None,
            latency_ms=round(first + writing, 1),
            cost_usd=money,
            price_version=None if cost is None else PRICE_VERSION,
        )
        if money is not None and call.purpose in _KEPT and self._turns.random() < _KEPT_RATE:
            nothing = {"input_tokens": 0, "output_tokens": 0, "cached_tokens": 0, "cache_write_tokens": 0}
            return replace(done, **nothing, latency_ms=0.0, cost_usd=Decimal(0), saved_usd=money)  # type: ignore[arg-type]
        return done

    def _usage(self, call: Call) -> Usage:
        days_ago = self._days_ago(call.at)
        version = version_at(call.topic_id, days_ago) if call.topic_id else None
        question = round(max(40.0, call.question_tokens) * (version.question if version else 1))
        answer = round(self._around(_ANSWER_TOKENS[call.purpose] * (version.answer if version else 1), 0.3))
        cached = 0
        if call.model.caches and days_ago < _CACHING_SINCE_DAYS and self._dice.random() < 0.78:
            cached = min(question, round(call.cacheable_tokens / 128) * 128)
        begun = call.model.provider == "anthropic" and not cached and days_ago < _CACHING_SINCE_DAYS
        written = min(question, 1_024) if begun and call.purpose is Purpose.CHAT else 0
        return Usage(question, max(4, answer), cached, written)

    def _loop_lag(self) -> float:
        if self._dice.random() < 0.003:
            return round(self._dice.uniform(110, 420), 2)
        return round(self._dice.expovariate(1 / 1.6), 2)

    def _around(self, median: float, spread: float) -> float:
        return self._dice.lognormvariate(math.log(median), spread)

    def _days_ago(self, at: datetime) -> float:
        return (self._now - at) / timedelta(days=1)
