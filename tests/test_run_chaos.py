"""Evaluation runs killed and resumed in bad weather, shortened: what is promised holds, and it would say so if not."""

from __future__ import annotations

import dataclasses
from collections import Counter

import pytest

from benchmarks import run_chaos
from benchmarks.run_chaos_verdict import Findings, problems
from evals.running.folder import RunState

FOUND = Findings(
    state=RunState.FINISHED,
    lines=Counter({("answer", 1): 1, ("verdict", 1, "judge"): 1}),
    figures={("answer", 1): "Hm?", ("verdict", 1, "judge"): 7.0},
    failed=0,
    records=("a", "b", "lost"),
    stored=("lost", "b", "a"),
    used_calls=frozenset("ab"),
    billed=("a", "b"),
    answered_calls=3,
    arrived=4,
    refused=1,
    unknown=1,
)


def test_runs_that_are_killed_and_refused_come_out_as_if_nothing_had_happened(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = run_chaos.main(["--rounds", "2", "--items", "3"])
    said = capsys.readouterr().out
    assert (code, "Nothing lost" in said) == (0, True), said


def test_a_run_as_promised_has_no_problems() -> None:
    assert problems(FOUND, FOUND, most_again=1) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": RunState.STOPPED}, "the run is stopped"),
        ({"lines": Counter({("answer", 1): 2})}, "1 results stand there twice"),
        ({"failed": 2}, "2 answers or judgements failed"),
        ({"figures": FOUND.figures | {("answer", 1): "Well?"}}, "1 results are missing or other"),
        ({"figures": {}}, "2 results are missing or other"),
        ({"figures": FOUND.figures | {("answer", 2): "Hm?"}}, "1 results are there that nobody asked for"),
        ({"records": ("a", "a", "b")}, "recorded twice"),
        ({"records": ("a",), "stored": ("a",)}, "1 calls arrived at a provider and have no record"),
        ({"stored": ("a",)}, "the store has 1 records, the run 3"),
        ({"answered_calls": 9}, "7 answered calls were made again, 1 were in flight"),
    ],
)
def test_what_a_run_must_not_do_is_named(changes: dict[str, object], words: str) -> None:
    found = problems(dataclasses.replace(FOUND, **changes), FOUND, most_again=1)  # type: ignore[arg-type]
    assert any(words in problem for problem in found), found
