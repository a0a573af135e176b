"""Every verdict says who judged, by which model, rubric and instructions: in the journal and in the Parquet files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pyarrow.parquet as pq
import pytest

from coaching_core.settings import Settings
from evals.results.parquet import write_parquet
from evals.results.reading import load_results
from evals.running.folder import RunFolder
from evals.running.journal import PREFERENCE, VERDICT, read_journal
from tests.evals.making import make_runner

JUDGED = {
    ("simulated/judge", "simulated/judge", "coaching_quality 1", "pointwise 2"),
    ("checks simulated/judge", "simulated/judge", "checks 1", "checks 1"),
    ("heuristics coaching", "", "coaching 1", "heuristics 1"),
}
COMPARED = {("pairwise simulated/judge", "simulated/judge", "coaching_quality 1", "pairwise 1")}


@pytest.fixture
def folder(make: Callable[..., RunFolder], settings: Settings) -> RunFolder:
    run = make(limit=2, methods=("rubric", "checks", "pairwise", "heuristics"))
    asyncio.run(make_runner(run, settings).run())
    return run


def named(found: list[dict[str, Any]]) -> set[tuple[str, ...]]:
    return {(one["judge"], one["model"], one["rubric"], one["prompt"]) for one in found}


def test_in_the_journal(folder: RunFolder) -> None:
    lines = [line for line, _ in read_journal(folder.journal)]
    assert named([line.body["verdict"] for line in lines if line.kind == VERDICT]) == JUDGED
    preferences = [line.body["preference"] for line in lines if line.kind == PREFERENCE]
    assert named(preferences) == COMPARED
    assert {one["order"] for one in preferences} == {1, 2}


def test_in_what_is_read_from_it(folder: RunFolder) -> None:
    results = load_results(folder)
    verdicts = [verdict.as_json() for answer in results.answers for verdict in answer.verdicts.values()]
    assert named(verdicts) == JUDGED
    assert named([preference.as_json() for _, preference in results.preferences]) == COMPARED


def test_in_the_parquet_files(folder: RunFolder) -> None:
    write_parquet(load_results(folder), folder)
    rows = pq.read_table(folder.results).to_pylist()
    behind = ("", "@checks simulated/judge", "@heuristics coaching")
    found = {
        (row[f"judge{end}"], row[f"judge_model{end}"] or "", row[f"rubric{end}"], row[f"judge_prompt{end}"])
        for row in rows
        for end in behind
    }
    assert {(judge, rubric, prompt) for judge, _, rubric, prompt in found} == {
        (judge, rubric, prompt) for judge, _, rubric, prompt in JUDGED
    }
    assert {model for judge, model, *_ in found if not judge.startswith("heuristics")} == {"simulated/judge"}
    assert named(pq.read_table(folder.preferences).to_pylist()) == COMPARED
