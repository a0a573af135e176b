"""Notes: what a person should know before trusting a run's figures."""

from __future__ import annotations

from pathlib import Path

from evals.comparing.candidates import counted_together
from evals.comparing.comparison import ComparisonVerdict
from evals.plan import RunPlan
from evals.results.notes import differences, notes_of_results, run_notes
from evals.results.table import read_table
from tests.evals.result_making import CHECKS_JUDGE, RUBRIC, Said, folder_of, item, plan_of, results_of, scored


def replay(plan: RunPlan) -> RunPlan:
    return plan.model_copy(update={"dataset": plan.dataset.model_copy(update={"replay": "fixed history"})})


def test_failures_and_flags_are_counted_by_variant() -> None:
    plan = plan_of([item(number) for number in range(4)])
    answers = {
        ("i-000", "v1", 0): Said(None),
        ("i-001", "v1", 0): Said(None),
        ("i-002", "v1", 0): Said({"simulated/judge": None}),
        ("i-000", "v2", 0): Said({"simulated/judge": (8, 8)}, flags=("It speaks to the judge.",)),
        ("i-003", "v2", 0): Said({}),
    }
    results = results_of(plan, answers)
    found = notes_of_results(results)
    assert [(note.kind, note.variant, note.text) for note in found] == [
        ("unscored", "v1", "2 answers of version 1 failed; they count in no mean."),
        ("unscored", "v1", "1 judgement of version 1 failed; those answers count in no mean."),
        ("flagged", "v2", "1 answer of version 2 flagged: It speaks to the judge."),
    ]


def test_answers_that_are_all_the_same_are_noted(tmp_path: Path) -> None:
    plan = plan_of([item(number) for number in range(6)])
    same = scored(plan, [8] * 6, [8] * 6)
    found = [(note.kind, note.variant) for note in notes_of_results(same)]
    assert found == [("constant", "v1"), ("constant", "v2")]
    assert read_table(folder_of(same, tmp_path)).notes == notes_of_results(same)


def test_a_clean_run_has_no_notes() -> None:
    plan = plan_of([item(0)])
    assert notes_of_results(scored(plan, [8], [8])) == ()


def test_a_replay_says_so() -> None:
    plan = replay(plan_of([item(0)]))
    (note,) = run_notes(plan, [])
    assert (note.kind, note.text) == ("replay", "These are past conversations played again (fixed history).")


def test_two_runs_that_were_measured_alike_differ_in_nothing() -> None:
    assert differences(plan_of([item(0)]), plan_of([item(0)], run_id="other")) == ()


def test_what_makes_two_runs_another_thing() -> None:
    first = plan_of([item(0)])
    dataset = first.dataset.model_copy(update={"content_hash": "b"})
    assert [note.kind for note in differences(first, first.model_copy(update={"dataset": dataset}))] == ["dataset"]
    judge = {"id": "x", "model": "x", "rubric": RUBRIC.model_dump()}
    assert [note.kind for note in differences(first, plan_of([item(0)], judges=[judge]))] == ["judge"]
    assert [note.kind for note in differences(first, plan_of([item(0)], judges=[CHECKS_JUDGE]))] == ["rubric"]
    assert [note.kind for note in differences(first, replay(first))] == ["replay"]


def test_many_candidates_are_counted_together() -> None:
    plan = plan_of([item(number) for number in range(12)], variants=4)
    base = [5.0] * 12
    slight = [5 + (0.9 if number % 3 else -0.4) for number in range(12)]
    results = scored(plan, base, slight, [5.5 if n % 2 else 4.5 for n in range(12)], [None] * 12)
    compared = [results.comparison(variant.id) for variant in plan.variants[1:]]
    found = counted_together([one for one in compared if one is not None])
    plain = [one.comparison.overall.p_value for one in found]
    assert plain[0] is not None
    assert found[0].adjusted_p == 2 * plain[0]
    assert [one.adjusted_p is None for one in found] == [False, False, True]
    assert [one.candidates for one in found] == [3, 3, 3]
    assert found[2].reason == "No pairs: no item has a score from both."
    assert (found[0].reason, found[2].is_taken_back) == ("", False)


def test_what_one_candidate_alone_would_show_is_taken_back_among_many() -> None:
    plan = plan_of([item(number) for number in range(6)], variants=4)
    close = [5.3, 5.4, 5.1, 5.8, 5.1, 5.7]
    noise = [6, 4, 7, 3, 5.5, 4.4]
    results = scored(plan, [5.0] * 6, close, noise, noise[::-1])
    compared = [one for variant in plan.variants[1:] if (one := results.comparison(variant.id)) is not None]
    alone, among = counted_together(compared[:1])[0], counted_together(compared)[0]
    assert (alone.verdict, alone.is_taken_back) == (ComparisonVerdict.BETTER, False)
    assert (among.verdict, among.is_taken_back) == (ComparisonVerdict.UNCLEAR, True)
