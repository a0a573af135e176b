"""Makes the demo's PromptRuns: the calls its conversations, assessments, analyses and evaluations would have made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from coaching_core.assessments.models import Assessment, AssessmentKind
from coaching_core.demo.attempts import AttemptMaker, Call, PriceFunction
from coaching_core.demo.calendar import DAYS, at_hour, draw_moment, workdays
from coaching_core.demo.coaching import CoachingRecords
from coaching_core.demo.models_asked import ANALYSIS_TOPICS, CONVERSATION_TOPICS, MODELS_FOR, AskedModel
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.types import Purpose

ANALYSES = 1_350
EVALUATION_BATCHES = 44

_BATCH_ITEMS = (62, 96)


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
    runner = AttemptMaker(dice, Random(f"{seed}:attempts"), now, price)
    tried = [runner.attempts(call) for call in calls]
    runs = [run for attempts in tried if attempts[-1].created_at <= now for run in attempts]
    runs.sort(key=lambda run: run.created_at)
    ids: dict[str | None, str] = {}
    for number, run in enumerate(runs, start=1):
        ids.setdefault(run.call_id, f"demo-run-{number:05d}")
    return [
        replace(
            run,
            id=f"demo-run-{number:05d}",
            call_id=ids[run.call_id],
            request_id=ids[run.call_id].replace("run", "request"),
        )
        for number, run in enumerate(runs, start=1)
    ]


def _pick(dice: Random, purpose: Purpose) -> AskedModel:
    weights = MODELS_FOR[purpose]
    return dice.choices(list(weights), weights=list(weights.values()))[0]


def _pick_topic(dice: Random, topics: dict[str, int]) -> str:
    return dice.choices(list(topics), weights=list(topics.values()))[0]


def _chats(dice: Random, records: CoachingRecords) -> Iterator[Call]:
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
            yield Call(
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


def _assessments(dice: Random, records: CoachingRecords) -> Iterator[Call]:
    """One call for each thing assessed, however many assessments it brought, and one for each summary."""
    first: dict[tuple[str, tuple[str, ...]], Assessment] = {}
    for assessment in records.assessments:
        first.setdefault((assessment.session_id, assessment.interaction_ids), assessment)
    for assessment in first.values():
        summary = assessment.kind is AssessmentKind.SESSION_SUMMARY
        purpose = Purpose.SUMMARY if summary else Purpose.ASSESSMENT
        yield Call(
            purpose,
            _pick(dice, purpose),
            assessment.created_at - timedelta(seconds=1.9),
            question_tokens=dice.gauss(1_500, 220) if summary else 620 + 130 * len(assessment.interaction_ids),
            user_id=assessment.user_id,
            session_id=assessment.session_id,
            interaction_ids=assessment.interaction_ids,
            group_id=assessment.group_id,
        )


def _analyses(dice: Random, now: datetime) -> Iterator[Call]:
    start = now - timedelta(days=DAYS)
    for _ in range(ANALYSES):
        yield Call(
            Purpose.ANALYSIS,
            _pick(dice, Purpose.ANALYSIS),
            draw_moment(dice, start, now),
            question_tokens=max(500.0, dice.gauss(1_450, 380)),
            user_id=f"demo-analyst-{dice.randint(1, 9)}",
            topic_id=_pick_topic(dice, ANALYSIS_TOPICS),
        )


def _evaluations(dice: Random, now: datetime) -> Iterator[Call]:
    """Batches on working days: each item is answered, then judged."""
    days = workdays(now - timedelta(days=DAYS - 1), now - timedelta(days=1))
    for number, day in enumerate(sorted(dice.sample(days, min(EVALUATION_BATCHES, len(days)))), start=1):
        group_id = f"demo-batch-{number:02d}"
        model, judge = _pick(dice, Purpose.EVALUATION), _pick(dice, Purpose.JUDGE)
        topic_id, start = _pick_topic(dice, CONVERSATION_TOPICS), at_hour(dice, day)
        for _ in range(dice.randint(*_BATCH_ITEMS)):
            answered = start + timedelta(seconds=dice.uniform(0, 240))
            yield Call(
                Purpose.EVALUATION, model, answered, dice.gauss(1_420, 160), group_id=group_id, topic_id=topic_id
            )
            judged = answered + timedelta(seconds=dice.uniform(3, 9))
            yield Call(Purpose.JUDGE, judge, judged, dice.gauss(1_650, 140), group_id=group_id, topic_id=topic_id)
