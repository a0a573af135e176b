"""What a run found out, read from its folder: every figure from its own rows, and failures in none."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from coaching_core.errors import NotFoundError, RunDamagedError
from evals.plan import Cell
from evals.results.parquet import write_parquet
from evals.results.reading import load_results
from evals.results.run_results import Answer, RunResults, compare_runs
from evals.running.folder import RunFolder
from evals.running.journal import LOST, JournalLine
from evals.statistics import mean_interval
from tests.evals.report_making import BASE, CASES, FIVES, ONE_WORSE, Case, make_results, unfinished


def line_of(answer: Answer) -> list[JournalLine]:
    runs = [run.as_json() for run in answer.prompt_runs]
    said = {"status": "ok", "text": answer.text} if answer.text is not None else {"status": "failed"}
    lines = [JournalLine("answer", answer.cell, said | {"reason": answer.reason, "prompt_runs": runs})]
    if answer.verdict is not None:
        judged = {
            "judge": answer.verdict.judge,
            "verdict": answer.verdict.as_json(),
            "prompt_runs": [run.as_json() for run in answer.judge_runs],
        }
        lines.append(JournalLine("verdict", answer.cell, judged))
    return lines


def folder_of(results: RunResults, home: Path, *lines: JournalLine) -> RunFolder:
    folder = RunFolder(home / results.plan.run_id)
    folder.create(results.plan)
    folder.journal.write_bytes(b"".join(line.encode() for line in lines))
    return folder


@pytest.mark.parametrize("name", ["two variants", "three variants", "judge failed", "price unknown", "all failed"])
def test_a_journal_in_any_order_gives_the_answers_in_the_plans_order(name: str, tmp_path: Path) -> None:
    results = make_results(CASES[name])
    lines = [line for answer in reversed(results.answers) for line in line_of(answer)]
    assert load_results(folder_of(results, tmp_path, *lines)) == results


def test_a_run_that_has_not_begun_has_no_answers(tmp_path: Path) -> None:
    results = make_results(ONE_WORSE)
    folder = folder_of(results, tmp_path)
    folder.journal.unlink()
    found = load_results(folder)
    assert found.answers == ()
    assert found.cost == 0
    assert [*found.prompt_runs(), *found.rows()] == []
    assert [(one.mean, one.n, one.unscored, one.cost_per_answer, one.latency_ms) for one in found.variants()] == [
        (None, 0, 0, None, None),
        (None, 0, 0, None, None),
    ]


def test_a_verdict_without_its_answer_counts_for_nothing(tmp_path: Path) -> None:
    results = make_results(ONE_WORSE)
    _, verdict = line_of(results.answers[0])
    assert load_results(folder_of(results, tmp_path, verdict)).answers == ()


def test_words_of_an_answer_that_failed_are_not_its_answer(tmp_path: Path) -> None:
    results = make_results(ONE_WORSE)
    cell = results.answers[0].cell
    body = {"status": "failed", "text": "half a sen", "reason": "IncompleteReplyError: broke off", "prompt_runs": []}
    (answer,) = load_results(folder_of(results, tmp_path, JournalLine("answer", cell, body))).answers
    assert (answer.text, answer.reason, answer.verdict) == (None, "IncompleteReplyError: broke off", None)


def test_an_answer_before_its_verdict_waits(tmp_path: Path) -> None:
    results = make_results(ONE_WORSE)
    answer, _ = line_of(results.answers[0])
    found = load_results(folder_of(results, tmp_path, answer))
    (row,) = found.rows()
    assert (row.status, row.score, row.criteria, row.reason) == ("waiting", None, {}, "Not judged yet.")
    assert (found.variants()[0].n, found.variants()[0].unscored) == (0, 0)


@pytest.mark.parametrize(
    "damage",
    [
        lambda body: {name: value for name, value in body.items() if name != "prompt_runs"},
        lambda body: body | {"prompt_runs": 5},
        lambda body: body | {"prompt_runs": [{}]},
        lambda body: body | {"prompt_runs": [body["prompt_runs"][0] | {"purpose": "mischief"}]},
        lambda body: body | {"verdict": {"status": "scored"}},
        lambda body: body | {"verdict": body["verdict"] | {"score": None}},
        lambda body: {name: value for name, value in body.items() if name != "verdict"},
    ],
)
def test_a_line_that_says_nonsense_is_damage_and_is_named(damage: Any, tmp_path: Path) -> None:
    results = make_results(ONE_WORSE)
    answer, verdict = line_of(results.answers[0])
    folder = folder_of(results, tmp_path, answer, replace(verdict, body=damage(verdict.body)))
    with pytest.raises(RunDamagedError, match=r"journal\.jsonl is damaged"):
        load_results(folder)


def test_calls_that_brought_no_result_cost_their_money_and_are_no_answers(tmp_path: Path) -> None:
    results = make_results(ONE_WORSE)
    (run,) = results.answers[0].prompt_runs
    cut_off = [replace(run, id="a", cost_usd=None), replace(run, id="b", cost_usd=Decimal("0.5"))]
    lost = JournalLine(LOST, Cell("", "", 0), {"prompt_runs": [one.as_json() for one in cut_off]})
    lines = [line for answer in results.answers for line in line_of(answer)]
    found = load_results(folder_of(results, tmp_path, lost, *lines, lost))
    assert found.answers == results.answers
    assert [one.id for one in found.lost] == ["a", "b", "a", "b"]
    assert found.cost == results.cost + 1
    assert len(list(found.prompt_runs())) == len(list(results.prompt_runs())) + 4
    assert found.variants() == results.variants()


def test_the_rows_of_the_table() -> None:
    results = make_results(ONE_WORSE)
    row, item = results.rows()[3], results.plan.dataset.items[1]
    assert (row.item_id, row.variant, row.repeat, row.cluster) == (item.id, "id-15", 0, item.cluster)
    assert (row.phase, row.topic, row.tags, row.difficulty) == (item.phase, item.topic, item.tags, item.difficulty)
    assert (row.score, row.criteria, row.status, row.reason) == (2.5, {"listening": 3, "brevity": 2}, "scored", "")
    assert (row.cost, row.latency_ms) == (Decimal("0.0000041"), 840)


def changed(results: RunResults, place: int, **changes: Any) -> RunResults:
    answers = list(results.answers)
    answers[place] = replace(answers[place], **changes)
    return replace(results, answers=tuple(answers))


def test_an_answer_costs_what_all_its_calls_cost_and_takes_what_the_last_took() -> None:
    results = make_results(ONE_WORSE)
    (run,) = results.answers[0].prompt_runs
    first, last = replace(run, cost_usd=Decimal("0.5"), latency_ms=100.0), replace(run, cost_usd=Decimal("0.25"))
    twice = changed(results, 0, prompt_runs=(first, last))
    assert (twice.rows()[0].cost, twice.rows()[0].latency_ms) == (Decimal("0.75"), 840)
    unknown = changed(results, 0, prompt_runs=(first, replace(last, cost_usd=None)))
    assert unknown.rows()[0].cost is None
    assert unknown.variants()[0].cost_per_answer is None
    assert unknown.variants()[1].cost_per_answer == Decimal("0.0000041")
    none = changed(results, 0, prompt_runs=())
    assert none.rows()[0].cost == 0
    assert none.rows()[0].latency_ms is None


def test_a_runs_cost_is_that_of_answers_and_judgements_as_far_as_it_is_known() -> None:
    results = make_results(ONE_WORSE)
    (run,) = results.answers[0].prompt_runs
    dear = replace(run, cost_usd=Decimal(3))
    found = changed(results, 0, prompt_runs=(dear,), judge_runs=(replace(run, cost_usd=None), dear))
    assert found.cost == 6 + 10 * Decimal("0.0000041")
    assert len(list(found.prompt_runs())) == 13


def test_each_variants_own_figures() -> None:
    results = make_results(Case((BASE, ((9, 9), None, (8, 6)))))
    judged = changed(results, 4, verdict=None)
    first, second = judged.variants()
    assert (first.id, first.label, first.model) == ("id-14", "v14", "simulated/coach-steady")
    assert (first.mean, first.n, first.unscored) == (7.5, 2, 0)
    assert first.interval == mean_interval([8, 7]).interval
    assert (second.mean, second.n, second.unscored, second.latency_ms) == (8, 2, 1, 840)
    assert second.cost_per_answer == Decimal("0.0000041")


def test_means_are_clustered_by_conversation() -> None:
    results = make_results(Case((((8, 8), (7, 7), (5, 5)),)))
    items = tuple(
        item.model_copy(update={"cluster": cluster})
        for item, cluster in zip(results.plan.dataset.items, "aab", strict=True)
    )
    dataset = results.plan.dataset.model_copy(update={"items": items})
    found = replace(results, plan=results.plan.model_copy(update={"dataset": dataset}))
    assert found.variants()[0].interval == mean_interval([8, 7, 5], ["a", "a", "b"]).interval


def test_latency_is_the_mean_of_answers_that_came() -> None:
    results = make_results(Case((((8, 8), (7, 7), None),)))
    (run,) = results.answers[0].prompt_runs
    found = changed(changed(results, 0, prompt_runs=(replace(run, latency_ms=100.0),)), 2, prompt_runs=(run,))
    assert found.variants()[0].latency_ms == (100 + 840) / 2


def test_any_variant_can_be_held_against_any_other() -> None:
    results = make_results(CASES["three variants"])
    plain = results.comparison()
    assert plain is not None
    assert (plain.baseline.label, plain.candidate.label) == ("v14", "v15")
    third = results.comparison("id-16")
    assert third is not None
    assert (third.baseline.label, third.candidate.label) == ("v14", "v16")
    turned = results.comparison(candidate="id-14", baseline="id-16")
    assert turned is not None
    assert (turned.baseline.label, turned.candidate.label) == ("v16", "v14")
    assert turned.overall.mean == -(third.overall.mean or 0)
    assert [part.name for part in plain.criteria] == ["listening", "brevity"]


def test_a_variant_that_is_not_there_is_named_with_those_that_are() -> None:
    results = make_results(ONE_WORSE)
    for names in ({"candidate": "v15"}, {"baseline": "v15"}):
        with pytest.raises(NotFoundError, match=r"no variant “v15”\. It has: id-14, id-15"):
            results.comparison(**names)
    single = make_results(CASES["one variant"])
    assert single.comparison() is None
    with pytest.raises(NotFoundError):
        single.comparison("id-15")


def test_two_runs_are_compared_by_their_first_variants_on_shared_items() -> None:
    first, second = make_results(Case((BASE, FIVES))), make_results(Case((FIVES, BASE)))
    found = compare_runs(first, replace(second, answers=second.answers[:4]))
    assert (found.baseline.label, found.candidate.label) == ("first", "second")
    assert found.overall.mean == -2.5
    assert (found.overall.n, found.worse, found.baseline.answers, found.candidate.answers) == (2, 2, 3, 2)
    assert [part.name for part in found.criteria] == ["listening", "brevity"]
    assert [entry.item_id for entry in found.left_out] == ["cr-003"]


def test_the_parquet_file_row_by_row(tmp_path: Path) -> None:
    results = unfinished()
    folder = folder_of(results, tmp_path)
    write_parquet(results, folder)
    table = pq.read_table(folder.results)
    assert {name: str(kind) for name, kind in zip(table.schema.names, table.schema.types, strict=True)} == {
        **dict.fromkeys(("run_id", "item", "variant"), "string"),
        "repeat": "int64",
        **dict.fromkeys(("phase", "topic", "model", "answer", "status", "reason"), "string"),
        **dict.fromkeys(("score", "score_listening", "score_brevity"), "double"),
        "cost_usd": "decimal128(24, 12)",
        "latency_ms": "double",
        **dict.fromkeys(("variant_id", "case", "difficulty"), "string"),
        "tags": "list<element: string>",
        **dict.fromkeys(("split", "cluster"), "string"),
        "judge_cost_usd": "decimal128(24, 12)",
        "ttft_ms": "double",
        **dict.fromkeys(("input_tokens", "output_tokens"), "int64"),
        "kept": "bool",
        "flags": "list<element: string>",
        **dict.fromkeys(("judge", "judge_model", "judge_prompt", "rubric"), "string"),
        **dict.fromkeys(("reason_listening", "reason_brevity"), "string"),
        "journal_places": "list<element: int64>",
    }
    rows = table.to_pylist()
    assert len(rows) == 11
    assert rows[9] == {
        "run_id": results.plan.run_id,
        "item": "cr-003",
        "variant": "v14",
        "repeat": 1,
        "phase": "exploration",
        "topic": "core_values",
        "model": "simulated/coach-steady",
        "answer": "What matters to you here?",
        "status": "scored",
        "reason": "",
        "score": 5.75,
        "score_listening": 5,
        "score_brevity": 6.5,
        "cost_usd": Decimal("0.0000041"),
        "latency_ms": 840,
        "variant_id": "id-14",
        "case": "Case 3",
        "difficulty": "easy",
        "tags": ["hesitation"],
        "split": "test",
        "cluster": "cluster 3",
        "judge_cost_usd": Decimal("0.0000041"),
        "ttft_ms": None,
        "input_tokens": None,
        "output_tokens": None,
        "kept": False,
        "flags": [],
        "judge": "simulated/judge",
        "judge_model": "",
        "judge_prompt": "",
        "rubric": "coaching_quality 1",
        "reason_listening": "Quotes “stuck”.",
        "reason_brevity": "Quotes “stuck”.",
        "journal_places": [],
    }
    failed = rows[10]
    assert (failed["status"], failed["answer"], failed["score"], failed["score_brevity"]) == (
        "failed",
        None,
        None,
        None,
    )
