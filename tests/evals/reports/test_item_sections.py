"""Items of a report: changes beyond the margin are tagged, against the baseline, and only where both have a score."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evals.plan import RunPlan
from evals.reports import render_report
from evals.results.run_results import RunResults
from tests.evals.report_making import CASES, ONE_WORSE, Case, Page, make_results, page_of

Scores = tuple[tuple[tuple[float, float] | None, ...], ...]


def items_of(scores: Scores) -> list[str]:
    return page_of(Case(scores)).section("3 items")


def with_plan(results: RunResults, plan: RunPlan) -> list[str]:
    return Page(render_report(replace(results, plan=plan), "html")).lines


@pytest.mark.parametrize(
    ("before", "after", "score", "listening"),
    [
        ((5, 5), (5.2, 5), "5.0 | 5.1", "5 | 5.2 +0.2 better"),
        ((5, 5), (5.4, 5), "5.0 | 5.2 +0.2 better", "5 | 5.4 +0.4 better"),
        ((5.2, 5), (5, 5), "5.1 | 5.0", "5.2 | 5 −0.2 worse"),
        ((5.4, 5), (5, 5), "5.2 | 5.0 −0.2 worse", "5.4 | 5 −0.4 worse"),
        ((5, 5), (5, 5), "5.0 | 5.0", "5 | 5"),
        ((8, 2), (5, 5), "5.0 | 5.0", "8 | 5 −3 worse"),
    ],
)
def test_a_change_beyond_the_margin_is_tagged(
    before: tuple[float, float], after: tuple[float, float], score: str, listening: str
) -> None:
    lines = [line.replace(" Quotes “stuck”.", "") for line in items_of(((before,) * 3, (after,) * 3))]
    assert f"Score | {score}" in lines
    assert f"Listening | {listening}" in lines


def test_the_baseline_is_never_tagged_and_a_gap_has_no_change() -> None:
    lines = items_of((((5, 5), None, (5, 5)), ((9, 9), (9, 9), None)))
    assert [line for line in lines if " cr-00" in line] == [
        "v14 5.0 v15 9.0 +4.0 better cr-001 Case 1",
        "v14 — v15 9.0 cr-002 Case 2",
        "v14 5.0 v15 — cr-003 Case 3",
    ]
    assert lines.count("Score | — | 9.0") == 1
    assert lines.count("Score | 5.0 | —") == 1
    assert "Listening | — | 9 Quotes “stuck”." in lines


def test_without_any_judgement_there_are_no_criteria() -> None:
    lines = page_of(CASES["judge failed"]).section("3 items")
    assert not [line for line in lines if line.startswith("Listening")]
    assert "Score | — The judge's answer was no JSON. | — The judge's answer was no JSON." in lines


def test_what_an_item_lacks_has_no_heading() -> None:
    results = make_results(ONE_WORSE)
    items = tuple(
        item.model_copy(update={"must": (), "must_not": ("Gives advice", "Judges"), "tags": ()})
        for item in results.plan.dataset.items
    )
    plan = results.plan.model_copy(update={"dataset": results.plan.dataset.model_copy(update={"items": items})})
    lines = with_plan(results, plan)
    assert "A good answer" not in lines
    assert lines.count("A good answer does not") == 3
    assert lines.count("Judges") == 3
    assert lines.count("topic core_values phase exploration easy split test") == 3


def test_a_single_repeat_is_not_numbered() -> None:
    assert "Repeat" not in " ".join(items_of(ONE_WORSE.scores))


def test_settings_of_a_variant_are_said_where_there_are_any() -> None:
    results = make_results(CASES["one variant"])
    (variant,) = results.plan.variants

    def said(**settings: float | None) -> str:
        chosen = variant.settings.model_copy(update=settings)
        changed = variant.model_copy(update={"settings": chosen, "topic_version": settings.get("version")})
        lines = with_plan(results, results.plan.model_copy(update={"variants": (changed,)}))
        return next(line for line in lines if line.startswith("Variants | "))

    model = "simulated/coach-steady"
    assert said(temperature=None, max_tokens=300) == (
        f"Variants | v14: a file, no saved version, {model}, at most 300 tokens"
    )
    assert said(temperature=0.0, max_tokens=None) == f"Variants | v14: a file, no saved version, {model}, temperature 0"
