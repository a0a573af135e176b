"""Makes the folder of a run of 20,000 results as it would have been left, without asking anybody."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.workplace import PROJECT
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.types import Purpose, RunStatus
from evals.plan import Cell, RunPlan
from evals.rubric import Rubric, load_rubric
from evals.running.folder import RunFolder, RunState
from evals.running.journal import ANSWER, VERDICT, JournalLine
from evals.verdict import CriterionScore, Verdict, VerdictStatus

ITEMS = 10_000
RUN_ID = "large-run"

_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
_JUDGE = "simulated/judge"
_WORDS = tuple(
    f"{start}{end}"
    for start in ("wor", "fee", "thi", "sta", "lea", "ho", "tru")
    for end in ("k", "ling", "nk", "y", "ve")
)
_PHRASES = 2_000


@dataclass(frozen=True, slots=True)
class _Phrases:
    """Sentences to draw from: making new ones takes longer than all the rest."""

    dice: random.Random
    known: tuple[str, ...]

    def said(self, sentences: int) -> str:
        return " ".join(self.dice.choices(self.known, k=sentences))


def make_large_run(home: Path, items: int = ITEMS, run_id: str = RUN_ID) -> RunFolder:
    """Two variants over so many items, judged once each: one judgement in a hundred failed, as many are flagged.

    Args:
        home: The folder of runs.
    """
    dice = random.Random(20_000)
    phrases = _Phrases(dice, tuple(" ".join(dice.choices(_WORDS, k=12)).capitalize() + "." for _ in range(_PHRASES)))
    plan = _plan(run_id, [_item(number, phrases) for number in range(items)])
    folder = RunFolder(home / run_id)
    folder.create(plan)
    with folder.journal.open("wb") as journal:
        journal.writelines(line.encode() for line in _lines(plan, phrases))
    folder.write_status(RunState.FINISHED)
    return folder


def _plan(run_id: str, items: list[dict[str, Any]]) -> RunPlan:
    rubric = load_rubric(PROJECT / "datasets", "coaching_quality")
    asked_with: dict[str, Any] = {"prompts": {"system": "You are a coach."}, "parameters": [], "settings": {}}
    variants = [
        asked_with | {"id": f"{n}-simulated.coach-steady", "label": f"v{n}", "model": "simulated/coach-steady"}
        for n in (1, 2)
    ]
    return RunPlan.model_validate(
        {
            **{"run_id": run_id, "created_at": _AT, "author": "benchmark", "tenant_id": "default", "code_version": "0"},
            **{"topic_id": "core_values", "seed": 0, "repeats": 1, "concurrency": 8, "money_cap": "100"},
            "dataset": {
                "name": "large",
                "version": "1",
                "content_hash": "large",
                "items": items,
                "task": "next coach turn",
            },
            "variants": [variant | {"topic_version": n} for n, variant in enumerate(variants, start=1)],
            "judges": [{"id": _JUDGE, "model": _JUDGE, "rubric": rubric.model_dump()}],
            "simulated": True,
        }
    )


def _item(number: int, phrases: _Phrases) -> dict[str, Any]:
    dice = phrases.dice
    return {
        "id": f"item-{number:05}",
        "topic": dice.choice(("core_values", "purpose", "vision", "goals")),
        "phase": dice.choice(("introduction", "exploration", "synthesis", "completion")),
        "difficulty": dice.choice(("easy", "medium", "hard")),
        "tags": dice.sample([f"tag {place}" for place in range(25)], 3),
        "split": dice.choice(("dev", "test")),
        "case": phrases.said(1)[:60],
        "cluster": f"conversation {number // 3}",
        "conversation": [{"role": ("user", "assistant")[turn % 2], "content": phrases.said(4)} for turn in range(5)],
        "must": [phrases.said(1)],
        "must_not": [phrases.said(1)],
    }


def _lines(plan: RunPlan, phrases: _Phrases) -> Iterator[JournalLine]:
    for number, cell in enumerate(plan.cells()):
        answer, judged = _call(2 * number, Purpose.EVALUATION), _call(2 * number + 1, Purpose.JUDGE)
        body = {"status": "ok", "text": phrases.said(5), "finish_reason": "stop", "prompt_runs": [answer.as_json()]}
        yield JournalLine(ANSWER, cell, body)
        verdict = _verdict(plan.rubric, cell, phrases, judged.id)
        yield JournalLine(
            VERDICT, cell, {"judge": _JUDGE, "verdict": verdict.as_json(), "prompt_runs": [judged.as_json()]}
        )


def _verdict(rubric: Rubric, cell: Cell, phrases: _Phrases, call: str) -> Verdict:
    dice, label = phrases.dice, rubric.label
    if dice.random() < 0.01:
        why = "The judge's reply was no JSON."
        return Verdict(VerdictStatus.UNSCORED, None, (), why, _JUDGE, label, (call,), 2, _JUDGE, "pointwise 2")
    least = 3 if cell.variant.startswith("1") else 4
    criteria = tuple(
        CriterionScore(criterion.id, float(dice.randint(least, 10)), phrases.said(1)) for criterion in rubric.criteria
    )
    score = rubric.weighted_score({one.id: one.score for one in criteria})
    flags = ("The answer speaks to the judge.",) if dice.random() < 0.01 else ()
    scored = VerdictStatus.SCORED
    return Verdict(scored, score, criteria, "", _JUDGE, label, (call,), 1, _JUDGE, "pointwise 2", flags)


def _call(number: int, purpose: Purpose) -> PromptRun:
    return PromptRun(
        id=f"call-{number:08}",
        tenant_id="default",
        purpose=purpose,
        provider="simulated",
        model="simulated/coach-steady",
        simulated=True,
        latency_ms=400.0 + number * 7919 % 1_100,
        ttft_ms=90.0 + number * 31 % 60,
        status=RunStatus.OK,
        created_at=_AT,
        user_id="benchmark",
        topic_id="core_values",
        prompt_version=1,
        input_tokens=700,
        output_tokens=80,
        cached_tokens=0,
        cost_usd=Decimal("0.0004"),
    )
