"""A run as one JSON document for programs: its figures, and every answer with what the judge said of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from evals.dataset import GoldenItem
from evals.ingest import plain
from evals.plan import Cell, RunPlan
from evals.preference import Preference
from evals.reports.evidence import Contrast, Entry, RunEvidence, gather
from evals.results.run_results import RunResults
from evals.results.summary import further_figures
from evals.verdict import Verdict


def render_json(results: RunResults) -> bytes:
    """UTF-8; keys stand in the same order in every document, money is text, what is unknown is null."""
    evidence = gather(results)
    document = _run(evidence.plan) | {
        "cost_usd": results.cost,
        "calls": sum(1 for _ in results.prompt_runs()),
        "calls_of_unknown_cost": sum(run.cost_usd is None for run in results.prompt_runs()),
        "variants": [asdict(summary) for summary in evidence.summaries],
        "comparisons": [_contrast(contrast) for contrast in evidence.contrasts],
        **further_figures(results),
        "preferences": [_preference(cell, preference) for cell, preference in results.preferences],
        "answers": _answers(evidence),
    }
    text = json.dumps(plain(document), ensure_ascii=False, indent=2, allow_nan=False)
    return f"{text}\n".encode(errors="replace")


def _run(plan: RunPlan) -> dict[str, Any]:
    dataset, rubric = plan.dataset, plan.rubric
    criteria = [{"id": entry.id, "name": entry.name, "weight": entry.weight} for entry in rubric.criteria]
    return {
        "run_id": plan.run_id,
        "simulated": plan.simulated,
        "created_at": plan.created_at,
        "author": plan.author,
        "topic": plan.topic_id,
        "code_version": plan.code_version,
        "seed": plan.seed,
        "repeats": plan.repeats,
        "judge": plan.judge,
        "dataset": {
            "name": dataset.name,
            "version": dataset.version,
            "content_hash": dataset.content_hash,
            "items": len(dataset.items),
            "replay": dataset.replay,
        },
        "rubric": {
            "name": rubric.name,
            "version": rubric.version,
            "minimum": rubric.minimum,
            "maximum": rubric.maximum,
            "criteria": criteria,
        },
    }


def _contrast(contrast: Contrast) -> dict[str, Any]:
    figures = asdict(contrast.comparison)
    return figures | {"p_value_over_candidates": contrast.adjusted_p, "verdict_over_candidates": str(contrast.verdict)}


def _answers(evidence: RunEvidence) -> list[dict[str, Any]]:
    items = {item.id: item for item in evidence.plan.dataset.items}
    models = {variant.id: variant.model for variant in evidence.plan.variants}
    return [
        _answer(entry, items[cell.item]) | {"label": evidence.names[cell.variant], "model": models[cell.variant]}
        for cell, entry in evidence.entries.items()
    ]


def _answer(entry: Entry, item: GoldenItem) -> dict[str, Any]:
    row, verdict, effort = entry.row, entry.answer.verdict, entry.answer.effort
    return {
        "item": row.item_id,
        "case": item.case,
        "topic": row.topic,
        "phase": row.phase,
        "difficulty": row.difficulty,
        "tags": row.tags,
        "split": item.split,
        "cluster": row.cluster,
        "variant": row.variant,
        "repeat": row.repeat,
        "status": row.status,
        "reason": row.reason,
        "score": row.score,
        "criteria": [asdict(score) for score in verdict.criteria] if verdict is not None else [],
        "flags": row.flags,
        "judges": {judge: _judged(found) for judge, found in entry.answer.verdicts.items()},
        "cost_usd": row.cost,
        "latency_ms": row.latency_ms,
        "ttft_ms": effort.ttft_ms,
        "input_tokens": effort.input_tokens,
        "output_tokens": effort.output_tokens,
        "answer": entry.answer.text,
        "conversation": [turn.model_dump() for turn in entry.answer.turns],
    }


def _judged(verdict: Verdict) -> dict[str, Any]:
    names = ("status", "score", "reason", "model", "rubric", "prompt", "flags")
    criteria = [asdict(score) for score in verdict.criteria]
    return {name: getattr(verdict, name) for name in names} | {"criteria": criteria}


def _preference(cell: Cell, preference: Preference) -> dict[str, Any]:
    return {"item": cell.item, "repeat": cell.repeat, **preference.as_json()}
