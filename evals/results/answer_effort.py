"""What an answer took: money, time and tokens, so that variants can be held against each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.loop_lag import SATURATED_LOOP_MS


@dataclass(frozen=True, slots=True)
class Effort:
    """What one answer and its judgement took.

    Attributes:
        cost: USD of the answer; a kept reply counts with what it cost when the model was asked, for that is what the
            variant costs. None when any of its calls is of unknown cost.
        judge_cost: USD of its judgements, in the same way.
        latency_ms, ttft_ms: Of the call that brought the answer. None where there is none, where a kept reply was
            given again, and where the event loop was too busy to tell.
        input_tokens, output_tokens: Of all calls of the answer; None when any of them is unknown or was kept.
        kept: A kept reply was given again; the model was not asked.
    """

    cost: Decimal | None
    judge_cost: Decimal | None
    latency_ms: float | None
    ttft_ms: float | None
    input_tokens: int | None
    output_tokens: int | None
    kept: bool


def effort_of(answer_runs: Sequence[PromptRun], judge_runs: Iterable[PromptRun], answered: bool) -> Effort:
    """Add up the calls of an answer.

    Args:
        answer_runs: Oldest first; those of a conversation's turns included.
        answered: Whether there is an answer; what failed has no latency.
    """
    last = answer_runs[-1] if answer_runs else None
    timed = last if last is not None and answered and _is_timed(last) else None
    return Effort(
        cost=_sum(map(cost_of, answer_runs)),
        judge_cost=_sum(map(cost_of, judge_runs)),
        latency_ms=timed.latency_ms if timed else None,
        ttft_ms=timed.ttft_ms if timed else None,
        input_tokens=_count(run.input_tokens if run.attempt else None for run in answer_runs),
        output_tokens=_count(run.output_tokens if run.attempt else None for run in answer_runs),
        kept=any(run.attempt == 0 for run in answer_runs),
    )


def cost_of(run: PromptRun) -> Decimal | None:
    """USD that a call costs when the model is asked; None when unknown."""
    return run.saved_usd if run.attempt == 0 and run.saved_usd is not None else run.cost_usd


def _is_timed(run: PromptRun) -> bool:
    return run.attempt > 0 and (run.loop_lag_ms or 0.0) <= SATURATED_LOOP_MS


def _sum(costs: Iterable[Decimal | None]) -> Decimal | None:
    total = Decimal(0)
    for cost in costs:
        if cost is None:
            return None
        total += cost
    return total


def _count(tokens: Iterable[int | None]) -> int | None:
    total = 0
    for count in tokens:
        if count is None:
            return None
        total += count
    return total
