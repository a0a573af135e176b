"""Verdicts: a failure has no score, and nothing is lost through JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coaching_core.errors import InvalidInputError
from evals.comparing.comparison import ComparisonVerdict
from evals.running.folder import RunState
from evals.verdict import CriterionScore, Verdict, VerdictStatus


def verdict(**changes: Any) -> Verdict:
    values: dict[str, Any] = {
        "status": VerdictStatus.SCORED,
        "score": 6.35,
        "criteria": (CriterionScore("fit", 7.0, "“I hear”"), CriterionScore("focus", 5.5, "two questions")),
        "reason": "",
        "judge": "simulated/judge",
        "rubric": "coaching_quality 1",
        "prompt_run_ids": ("r1", "r2"),
        "attempts": 2,
    }
    return Verdict(**values | changes)


UNSCORED = {"status": VerdictStatus.UNSCORED, "score": None, "reason": "ModelTimeoutError: no answer"}


@pytest.mark.parametrize(
    "original",
    [
        verdict(),
        verdict(**UNSCORED, criteria=(), prompt_run_ids=()),
        verdict(**UNSCORED, criteria=(CriterionScore("fit", None, "cannot tell"),)),
    ],
)
def test_a_verdict_survives_json(original: Verdict) -> None:
    copy = Verdict.from_json(json.loads(json.dumps(original.as_json())))
    assert copy == original
    assert isinstance(copy.status, VerdictStatus)


def test_scores_by_criterion() -> None:
    assert verdict().criterion_scores == {"fit": 7.0, "focus": 5.5}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"score": None}, "score"),
        ({"score": float("nan")}, "score"),
        ({"status": VerdictStatus.UNSCORED, "reason": "failed"}, "score"),
        ({"status": VerdictStatus.UNSCORED, "score": None}, "reason"),
        ({"criteria": (CriterionScore("fit", None, "cannot tell"),)}, "criteria"),
        ({"criteria": (CriterionScore("fit", float("inf"), ""),)}, "score"),
        (UNSCORED | {"criteria": (CriterionScore("fit", float("nan"), ""),)}, "score"),
    ],
)
def test_a_contradiction_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        verdict(**changes)
    assert caught.value.field == field


def test_the_words_in_journals_do_not_change() -> None:
    assert verdict().as_json() == {
        "status": "scored",
        "score": 6.35,
        "criteria": [
            {"id": "fit", "score": 7.0, "reason": "“I hear”"},
            {"id": "focus", "score": 5.5, "reason": "two questions"},
        ],
        "reason": "",
        "judge": "simulated/judge",
        "rubric": "coaching_quality 1",
        "prompt_run_ids": ["r1", "r2"],
        "attempts": 2,
        "model": "",
        "prompt": "",
        "flags": [],
    }
    assert verdict(**UNSCORED).as_json()["status"] == "unscored"
    assert [*ComparisonVerdict] == ["better", "worse", "unclear", "same"]
    assert [*RunState] == ["waiting", "running", "stopped", "interrupted", "finished", "failed"]


@pytest.mark.parametrize(
    "document",
    [{}, {"status": "scored"}, verdict().as_json() | {"score": "x"}, verdict().as_json() | {"score": None}],
)
def test_a_broken_document_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        Verdict.from_json(document)
