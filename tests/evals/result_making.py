"""Makes runs of any shape without carrying them out, with the journal they would have left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.types import Purpose, RunStatus
from evals.judge_spec import rubric_of_checks
from evals.judges.panel import combined
from evals.plan import Cell, RunPlan
from evals.preference import Choice, Preference
from evals.results.run_results import Answer, RunResults
from evals.rubric import Rubric
from evals.running.folder import RunFolder
from evals.running.journal import ANSWER, PREFERENCE, VERDICT, JournalLine
from evals.verdict import CriterionScore, Verdict, VerdictStatus

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RUBRIC = Rubric.model_validate(
    {
        "name": "coaching_quality",
        "version": "1",
        "description": "How good a reply is.",
        "minimum": 1,
        "maximum": 10,
        "criteria": [
            {"id": name, "name": name.title(), "weight": 0.5, "description": "What it is.", "levels": {}}
            for name in ("fit", "focus")
        ],
    }
)
RUBRIC_JUDGE = {"id": "simulated/judge", "model": "simulated/judge", "rubric": RUBRIC.model_dump()}
CHECKS_JUDGE = {
    "id": "checks simulated/judge",
    "kind": "checks",
    "model": "simulated/judge",
    "rubric": rubric_of_checks().model_dump(),
}


def pairwise_judge(name: str = "simulated/judge", panel: str = "") -> dict[str, Any]:
    return {
        "id": f"pairwise {name}",
        "kind": "pairwise",
        "model": name,
        "rubric": RUBRIC.model_dump(),
        "panel": panel,
    }


@dataclass(frozen=True)
class Said:
    """One answer as a test wants it.

    Attributes:
        scores: Judge id to the scores of its criteria; None for a judgement that failed. A plain pair is meant for
            the headline's judge; None for an answer that failed.
    """

    scores: Mapping[str, Sequence[float] | None] | None
    text: str = "What matters to you here?"
    cost: Decimal | None = Decimal("0.0000041")
    latency_ms: float = 840.0
    ttft_ms: float | None = 120.0
    flags: tuple[str, ...] = ()
    run: Mapping[str, Any] = field(default_factory=dict)


def item(number: int, **changes: Any) -> dict[str, Any]:
    """One golden item."""
    return {
        "id": f"i-{number:03}",
        "topic": ("goals", "vision")[number % 2],
        "phase": ("introduction", "exploration", "synthesis")[number % 3],
        "difficulty": ("easy", "hard")[number % 2],
        "tags": ["short"] if number % 2 else ["short", "angry"],
        "split": ("dev", "test")[number % 2],
        "case": f"Case {number}",
        "cluster": f"c-{number}",
        "conversation": [{"role": "user", "content": f"I am stuck, number {number}."}],
    } | changes


def plan_of(items: Sequence[Mapping[str, Any]], variants: int = 2, **changes: Any) -> RunPlan:
    """A plan over items; variants v1, v2, …"""
    settings: dict[str, Any] = {"prompts": {"system": "You are a coach."}, "parameters": [], "settings": {}}
    return RunPlan.model_validate(
        {
            "run_id": "20261120-164512-k3f9",
            "created_at": NOW,
            "author": "tester",
            "tenant_id": "default",
            "code_version": "0",
            "topic_id": "goals",
            "dataset": {"name": "replies", "version": "1", "content_hash": "a3f9", "items": items, "task": "reply"},
            "variants": [
                settings | {"id": f"v{n}", "label": f"version {n}", "model": f"simulated/m{n}", "topic_version": n}
                for n in range(1, variants + 1)
            ],
            "judges": [RUBRIC_JUDGE],
            "seed": 7,
            "repeats": 1,
            "concurrency": 2,
            "money_cap": "1",
            "simulated": True,
        }
        | changes
    )


def results_of(
    plan: RunPlan,
    answers: Mapping[tuple[str, str, int], Said],
    preferences: Iterable[tuple[Cell, Preference]] = (),
) -> RunResults:
    """A run whose answers are these; cells that are not named were not answered."""
    made = []
    for number, cell in enumerate(plan.cells()):
        said = answers.get((cell.item, cell.variant, cell.repeat))
        if said is not None:
            made.append(_answer(plan, cell, said, number))
    return RunResults(plan, tuple(made), preferences=tuple(preferences))


def scored(plan: RunPlan, *columns: Sequence[float | None], **changes: Any) -> RunResults:
    """A run of one repeat with one score per item for each variant, alike on all criteria."""
    ids = [one.id for one in plan.dataset.items]
    answers = {
        (item_id, variant.id, 0): Said(None if score is None else {plan.panels[0].id: (score, score)}, **changes)
        for variant, scores in zip(plan.variants, columns, strict=True)
        for item_id, score in zip(ids, scores, strict=True)
    }
    return results_of(plan, answers)


def preference(item_id: str, pair: tuple[str, str], order: int, choice: Choice | None, **changes: Any) -> Any:
    """One judgement of a pair with the cell it stands at."""
    said = Preference(
        one=pair[0],
        other=pair[1],
        order=order,  # type: ignore[arg-type]
        choice=choice,
        reason="It asks more." if choice else "The reply was no JSON.",
        judge=changes.pop("judge", "pairwise simulated/judge"),
        model="simulated/judge",
        rubric=RUBRIC.label,
        prompt="pairwise 1",
    )
    return Cell(item_id, pair[1], changes.pop("repeat", 0)), replace(said, **changes)


def folder_of(results: RunResults, home: Path) -> RunFolder:
    """The folder the run would have left, without files that are made from its journal."""
    folder = RunFolder(home / results.plan.run_id)
    folder.create(results.plan)
    folder.journal.write_bytes(b"".join(line.encode() for line in lines_of(results)))
    return folder


def lines_of(results: RunResults) -> list[JournalLine]:
    """The journal the run would have left."""
    lines = []
    for answer in results.answers:
        lines.append(_answer_line(answer))
        for judge, verdict in answer.verdicts.items():
            runs = [run.as_json() for run in answer.judge_runs if run.id.split(" ", 2)[2] == judge]
            body = {"judge": judge, "verdict": verdict.as_json(), "prompt_runs": runs}
            lines.append(JournalLine(VERDICT, answer.cell, body))
    for cell, said in results.preferences:
        body = {"judge": said.judge, "order": said.order, "preference": said.as_json(), "prompt_runs": []}
        lines.append(JournalLine(PREFERENCE, cell, body))
    return lines


def _answer_line(answer: Answer) -> JournalLine:
    runs = {"prompt_runs": [run.as_json() for run in answer.prompt_runs]}
    if answer.text is None:
        return JournalLine(ANSWER, answer.cell, {"status": "failed", "reason": answer.reason} | runs)
    return JournalLine(ANSWER, answer.cell, {"status": "ok", "text": answer.text, "finish_reason": "stop"} | runs)


def _answer(plan: RunPlan, cell: Cell, said: Said, number: int) -> Answer:
    call = _call(f"{plan.run_id}.{number}", Purpose.EVALUATION, said)
    if said.scores is None:
        return Answer(cell, None, "ProviderDownError: the provider is down", None, (call,))
    verdicts = {
        judge.id: _verdict(judge.id, judge.rubric, said.scores[judge.id], said.flags)
        for panel in plan.panels
        for judge in panel.members
        if judge.id in said.scores
    }
    runs = tuple(_call(f"{plan.run_id}.{number} {judge}", Purpose.JUDGE, said) for judge in verdicts)
    return Answer(cell, said.text, "", combined(plan.panels[0], verdicts), (call,), runs, verdicts)


def _verdict(judge: str, rubric: Rubric, scores: Sequence[float] | None, flags: tuple[str, ...]) -> Verdict:
    ids = [criterion.id for criterion in rubric.criteria]
    if scores is None:
        why = "The judge's reply was no JSON."
        return Verdict(VerdictStatus.UNSCORED, None, (), why, judge, rubric.label, (), 2, judge, "pointwise 2", flags)
    criteria = tuple(CriterionScore(*pair, "Quotes “stuck”.") for pair in zip(ids, scores, strict=True))
    score = rubric.weighted_score(dict(zip(ids, scores, strict=True)))
    return Verdict(VerdictStatus.SCORED, score, criteria, "", judge, rubric.label, (), 1, judge, "pointwise 2", flags)


def _call(name: str, purpose: Purpose, said: Said) -> PromptRun:
    run = PromptRun(
        id=f"run {name}",
        tenant_id="default",
        purpose=purpose,
        provider="simulated",
        model="simulated/m1",
        simulated=True,
        latency_ms=said.latency_ms,
        ttft_ms=said.ttft_ms,
        status=RunStatus.OK,
        created_at=NOW,
        input_tokens=700,
        output_tokens=80,
        cost_usd=said.cost,
    )
    return replace(run, **said.run)
