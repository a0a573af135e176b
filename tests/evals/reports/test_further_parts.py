"""The page's further parts: notes, groups, flips, pairs, other judges' words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from evals.dataset import Turn
from evals.reports import render_report
from evals.results.run_results import RunResults
from evals.running.answering import Answered
from evals.stopping.sequential import Decision
from tests.evals.report_making import HOSTILE, Page
from tests.evals.result_making import (
    CHECKS_JUDGE,
    RUBRIC_JUDGE,
    Said,
    item,
    pairwise_judge,
    plan_of,
    preference,
    results_of,
    scored,
)


def page(results: RunResults) -> Page:
    return Page(render_report(results, "html"))


def compared(**changes: Any) -> RunResults:
    plan = plan_of([item(number) for number in range(6)], judges=[RUBRIC_JUDGE, pairwise_judge()], **changes)
    results = scored(plan, *[[8, 8, 7, 6, 8, 9]] * len(plan.variants))
    said = [
        preference(f"i-{number:03}", pair, order, "other" if number < 4 or order == 1 else "one")
        for pair in plan.variant_pairs
        for number in range(6)
        for order in (1, 2)
    ]
    return replace(results, preferences=tuple(said))


def test_pairs_with_their_rates_and_orders() -> None:
    words = page(compared()).section("Answers compared in pairs")
    assert words[0].startswith("version 2 wins 83 % of the comparisons with version 1, 95 % interval 63 to 100 %")
    assert any(line.startswith("version 2 against version 1 | 4 | 2 | 0 | 83 %") for line in words)
    assert any(line.startswith("simulated/judge, version 2 against version 1 | 67 %") for line in words)
    assert not any("Strength" in line for line in words)


def test_several_variants_have_strengths() -> None:
    words = page(compared(variants=3, pairs="all")).section("Answers compared in pairs")
    assert "## Strengths" in words
    assert sum(line.startswith("version 3 |") for line in words) == 1


def test_what_a_pairwise_judge_said_stands_with_the_item() -> None:
    words = page(compared()).words
    assert "simulated/judge, version 1 shown first, prefers version 2: It asks more." in words
    assert "simulated/judge, version 2 shown first, prefers version 1: It asks more." in words


def test_a_run_without_pairs_says_nothing_of_them() -> None:
    assert "compared in pairs" not in page(scored(plan_of([item(0)]), [8], [8])).words


def test_flips_lead_to_their_items() -> None:
    plan = plan_of([item(number) for number in range(3)])
    found = page(scored(plan, [8, 5, 8], [5, 8, 8]))
    words = found.section("Pass to fail: 1, fail to pass: 1")
    assert words[0] == "1 from pass to fail, 1 from fail to pass (pass: 7 or more)."
    assert "i-000 8.0 → 5.0" in words
    assert "i-001 5.0 → 8.0" in words
    assert words[-1] == "1 pass with both, 0 with neither."


def test_groups_of_items_each_with_its_difference() -> None:
    plan = plan_of([item(number) for number in range(12)])
    words = page(scored(plan, [5] * 12, [6, 7] * 6)).words
    for name in ("By phase", "By topic", "By difficulty", "By split", "By tag"):
        assert name in words
    assert "angry (6)" in words


def test_notes_stand_under_the_verdict() -> None:
    plan = plan_of([item(0), item(1)])
    replayed = plan.model_copy(update={"dataset": plan.dataset.model_copy(update={"replay": "fixed history"})})
    results = scored(replayed, [8, 8], [8, 8], flags=("The answer speaks to the judge.",))
    decision = Decision.from_json({"looks": [], "items": 2, "planned": 2, "item_ids": ["i-000", "i-001"]})
    words = page(replace(results, decision=decision)).words
    assert "Replay, fixed history" in words
    assert "These are past conversations played again (fixed history)." in words
    assert words.count("Stopped early") == 1
    assert "Stopped early, clear after 2 of 2 items: 0 calls saved" in words
    assert "2 answers of version 1 flagged: The answer speaks to the judge." in words
    assert "Flagged" in words


def test_another_judge_speaks_below_the_headline() -> None:
    plan = plan_of([item(0)], judges=[RUBRIC_JUDGE, CHECKS_JUDGE])
    said = Said({"simulated/judge": (8, 8), "checks simulated/judge": (1, 0)})
    results = results_of(plan, {("i-000", variant, 0): said for variant in ("v1", "v2")})
    words = page(results).words
    assert "simulated/judge (checks 1)" in words
    assert "Leaves what it must not: 0. Quotes “stuck”." in words


def test_whole_conversations_are_shown_as_such() -> None:
    plan = plan_of([item(0)])
    results = scored(plan, [8], [8])
    turns = (Turn(role="user", content="I am lost."), Turn(role="assistant", content="Tell me more."))
    assert Answered("Tell me more.", turns=turns).turns == turns
    answers = tuple(replace(answer, turns=turns) for answer in results.answers)
    words = page(replace(results, answers=answers)).words
    assert words.count("Person I am lost. Coach Tell me more.") == 2


def test_hostile_words_stay_words() -> None:
    results = compared()
    said = tuple((cell, replace(one, reason=HOSTILE, flags=(HOSTILE,))) for cell, one in results.preferences)
    plan = results.plan
    golden = plan.dataset.items[0].model_copy(update={"reference": HOSTILE, "expected": {HOSTILE: HOSTILE}})
    dataset = plan.dataset.model_copy(update={"items": (golden, *plan.dataset.items[1:])})
    odd = replace(results, plan=plan.model_copy(update={"dataset": dataset}), preferences=said)
    found = page(odd)
    assert found.open == []
    assert not {"script", "img"} & found.elements.keys()
    assert found.text.count(HOSTILE) >= 24
