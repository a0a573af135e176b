"""Makes the demo's PromptRuns: the calls its conversations, assessments, analyses and evaluations would have made."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from coaching_core.assessments.models import Assessment, AssessmentKind
from coaching_core.demo.calendar import DAYS, at_hour, draw_moment, workdays
from coaching_core.demo.coaching import DEMO_TENANT, CoachingRecords
from coaching_core.demo.models_asked import (
    ANALYSIS_TOPICS,
    CONVERSATION_TOPICS,
    MODELS_FOR,
    AskedModel,
    version_at,
)
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.types import Purpose, RunStatus, Usage

PriceFunction = Callable[[str, Usage], Decimal | None]
"""USD for the tokens of one call to a model; None when its price is unknown."""

ANALYSES = 1_350
EVALUATION_BATCHES = 44
PRICE_VERSION = "demo"

_BATCH_ITEMS = (62, 96)
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
_FAILURES = {
    "RateLimitedError": (RunStatus.ERROR, 30.0, 240.0),
    "ProviderDownError": (RunStatus.ERROR, 35.0, 1_900.0),
    "IncompleteReplyError": (RunStatus.ERROR, 15.0, 2_600.0),
    "ModelTimeoutError": (RunStatus.TIMEOUT, 20.0, 60_000.0),
}
"""By class of the error: how the call ended, how often it is that one, and how long it took, milliseconds."""


@dataclass(frozen=True, slots=True)
class _Call:
    """A call to be made."""

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


def make_calls(seed: int, now: datetime, records: CoachingRecords, price: PriceFunction) -> list[PromptRun]:
    """All PromptRuns, oldest first; the same for the same arguments."""
    dice = Random(f"{seed}:calls")
    calls = [
        *_chats(dice, records),
        *_assessments(dice, records),
        *_analyses(dice, now),
        *_evaluations(dice, now),
    ]
    calls.sort(key=lambda call: call.at)
    runner = _Runner(dice, now, price)
    runs = [run for call in calls for run in runner.run(call)]
    runs = sorted((run for run in runs if run.created_at <= now), key=lambda run: run.created_at)
    return [
        replace(run, id=f"demo-run-{number:05d}", request_id=f"demo-request-{number:05d}")
        for number, run in enumerate(runs, start=1)
    ]


def _pick(dice: Random, purpose: Purpose) -> AskedModel:
    weights = MODELS_FOR[purpose]
    return dice.choices(list(weights), weights=list(weights.values()))[0]


def _pick_topic(dice: Random, topics: dict[str, int]) -> str:
    return dice.choices(list(topics), weights=list(topics.values()))[0]


def _chats(dice: Random, records: CoachingRecords) -> Iterator[_Call]:
    """One call for each turn; a session keeps to one model and one topic, its history grows."""
    users = {session.id: session.user_id for session in records.sessions}
    turns = defaultdict(list)
    for interaction in records.interactions:
        turns[interaction.session_id].append(interaction)
    for session_id, interactions in turns.items():
        model, topic_id = _pick(dice, Purpose.CHAT), _pick_topic(dice, CONVERSATION_TOPICS)
        history = 0.0
        for place, interaction in enumerate(interactions):
            told = len(interaction.user_text) / 4
            yield _Call(
                Purpose.CHAT,
                model,
                interaction.created_at,
                question_tokens=1_180 + history + told,
                cacheable_tokens=1_024 + 0.6 * history if place else 0,
                user_id=users[session_id],
                session_id=session_id,
                interaction_ids=(interaction.id,),
                topic_id=topic_id,
            )
            history += told + len(interaction.ai_response) / 4


def _assessments(dice: Random, records: CoachingRecords) -> Iterator[_Call]:
    """One call for each thing assessed, however many assessments it brought, and one for each summary."""
    first: dict[tuple[str, tuple[str, ...]], Assessment] = {}
    for assessment in records.assessments:
        first.setdefault((assessment.session_id, assessment.interaction_ids), assessment)
    for assessment in first.values():
        summary = assessment.kind is AssessmentKind.SESSION_SUMMARY
        purpose = Purpose.SUMMARY if summary else Purpose.ASSESSMENT
        yield _Call(
            purpose,
            _pick(dice, purpose),
            assessment.created_at - timedelta(seconds=1.9),
            question_tokens=dice.gauss(1_500, 220) if summary else 620 + 130 * len(assessment.interaction_ids),
            user_id=assessment.user_id,
            session_id=assessment.session_id,
            interaction_ids=assessment.interaction_ids,
            group_id=assessment.group_id,
        )


def _analyses(dice: Random, now: datetime) -> Iterator[_Call]:
    start = now - timedelta(days=DAYS)
    for _ in range(ANALYSES):
        yield _Call(
            Purpose.ANALYSIS,
            _pick(dice, Purpose.ANALYSIS),
            draw_moment(dice, start, now),
            question_tokens=max(500.0, dice.gauss(1_450, 380)),
            user_id=f"demo-analyst-{dice.randint(1, 9)}",
            topic_id=_pick_topic(dice, ANALYSIS_TOPICS),
        )


def _evaluations(dice: Random, now: datetime) -> Iterator[_Call]:
    """Batches on working days: each item is answered, then judged."""
    days = workdays(now - timedelta(days=DAYS - 1), now - timedelta(days=1))
    for number, day in enumerate(sorted(dice.sample(days, min(EVALUATION_BATCHES, len(days)))), start=1):
        group_id = f"demo-batch-{number:02d}"
        model, judge = _pick(dice, Purpose.EVALUATION), _pick(dice, Purpose.JUDGE)
        topic_id, start = _pick_topic(dice, CONVERSATION_TOPICS), at_hour(dice, day)
        for _ in range(dice.randint(*_BATCH_ITEMS)):
            answered = start + timedelta(seconds=dice.uniform(0, 240))
            yield _Call(
                Purpose.EVALUATION, model, answered, dice.gauss(1_420, 160), group_id=group_id, topic_id=topic_id
            )
            judged = answered + timedelta(seconds=dice.uniform(3, 9))
            yield _Call(Purpose.JUDGE, judge, judged, dice.gauss(1_650, 140), group_id=group_id, topic_id=topic_id)


class _Runner:
    """Lets calls happen: tokens, times, cost, and now and then a failure that is tried once more."""

    def __init__(self, dice: Random, now: datetime, price: PriceFunction) -> None:
        self._dice = dice
        self._now = now
        self._price = price

    def run(self, call: _Call) -> Iterator[PromptRun]:
        """The call's PromptRun, or that of its failure and that of the second attempt."""
        blank = self._blank(call)
        if self._dice.random() < self._failure_rate(call):
            failed = self._failed(blank)
            yield failed
            if failed.status is RunStatus.CANCELLED:
                return
            again = failed.latency_ms + self._dice.uniform(200, 1_500)
            blank = replace(blank, created_at=blank.created_at + timedelta(milliseconds=again))
        yield self._succeeded(call, blank)

    def _failure_rate(self, call: _Call) -> float:
        if call.model.simulated:
            return 0
        incident = _INCIDENT_DAYS_AGO[0] <= self._days_ago(call.at) <= _INCIDENT_DAYS_AGO[1]
        return 0.4 if incident and call.model.provider == _INCIDENT_PROVIDER else 0.0115

    def _blank(self, call: _Call) -> PromptRun:
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

    def _failed(self, blank: PromptRun) -> PromptRun:
        if self._dice.random() < 0.12:
            latency = self._dice.uniform(500, 4_000)
            return replace(blank, status=RunStatus.CANCELLED, error="CancelledError", latency_ms=round(latency, 1))
        names, endings = list(_FAILURES), list(_FAILURES.values())
        (place,) = self._dice.choices(range(len(names)), weights=[weight for _, weight, _ in endings])
        status, _, usual = endings[place]
        latency = usual + self._dice.uniform(0, 40) if status is RunStatus.TIMEOUT else self._around(usual, 0.5)
        return replace(blank, status=status, error=names[place], latency_ms=round(latency, 1))

    def _succeeded(self, call: _Call, blank: PromptRun) -> PromptRun:
        usage = self._usage(call)
        cost = self._price(call.model.name, usage)
        first = self._around(call.model.first_token_ms, 0.32)
        if self._dice.random() < 0.02:
            first += self._dice.uniform(600, 3_000)
        writing = usage.output_tokens / self._around(call.model.tokens_per_second, 0.14) * 1_000
        return replace(
            blank,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cached_tokens=usage.cached_tokens,
            ttft_ms=round(first, 1) if call.purpose in _STREAMED else None,
            latency_ms=round(first + writing, 1),
            cost_usd=None if cost is None else cost.quantize(_SMALLEST_MONEY),
            price_version=None if cost is None else PRICE_VERSION,
        )

    def _usage(self, call: _Call) -> Usage:
        days_ago = self._days_ago(call.at)
        version = version_at(call.topic_id, days_ago) if call.topic_id else None
        question = round(max(40.0, call.question_tokens) * (version.question if version else 1))
        answer = round(self._around(_ANSWER_TOKENS[call.purpose] * (version.answer if version else 1), 0.3))
        cached = 0
        if call.model.caches and days_ago < _CACHING_SINCE_DAYS and self._dice.random() < 0.78:
            cached = min(question, round(call.cacheable_tokens / 128) * 128)
        return Usage(question, max(4, answer), cached)

    def _loop_lag(self) -> float:
        if self._dice.random() < 0.003:
            return round(self._dice.uniform(110, 420), 2)
        return round(self._dice.expovariate(1 / 1.6), 2)

    def _around(self, median: float, spread: float) -> float:
        return self._dice.lognormvariate(math.log(median), spread)

    def _days_ago(self, at: datetime) -> float:
        return (self._now - at) / timedelta(days=1)
