"""The page as a reader meets it, line by line: an unfinished run, a run by itself, and three variants."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from evals.reports import render_report
from evals.reports.style import STYLE
from evals.results.run_results import RunResults
from tests.evals.report_making import CASES, Case, Page, make_results, page_of, unfinished

ASKED = "What matters to you here? under $0.0001 · 0.84 s"
WORDS = "Quotes “stuck”."
READING = (
    "A filled mark is clear: its interval excludes zero and its adjusted p-value is below .05. An open mark is "
    "unclear; the diamond is the whole score. The grey zone, ±0.10, counts as no difference that matters. p-values "
    "are adjusted by Holm's method within each list; intervals are 95 % each, not adjusted."
)
SCALE = (
    "Scale 1 to 10. Intervals are 95 %, clustered by conversation. "
    "Without score: failed answers and failed judgements; they count in no mean."
)
CONVERSATION = [
    "topic core_values phase exploration easy split test hesitation",
    *("Coach", "Welcome.", "Person", "I am stuck."),
    *("A good answer", "Asks one question", "A good answer does not", "Gives advice"),
]


def test_the_head_of_an_unfinished_run() -> None:
    page = Page(render_report(unfinished(), "html"))
    assert page.lines[: page.lines.index("# Scores")] == [
        "Evaluation of core_values",
        "Simulated v15 against v14 run 20261120-164512-k3f9 dataset coaching_reply 1 rubric coaching_quality 1 "
        "judge simulated/judge 2026-11-20",
        "No clear difference yet: −1.62 [−28.63, +25.38]. unclear",
        "This run could detect 5.95 or more. 1 item is left out (1 waiting).",
        "This run is not finished: 10 of 12 answers done.",
    ]


def test_the_figures_of_an_unfinished_run() -> None:
    page = Page(render_report(unfinished(), "html"))
    assert page.section("Scores") == [
        "Variant | Model | Mean | 95 % interval | Scored | Without score | Cost per answer | Time per answer",
        "v14 baseline | simulated/coach-steady | 7.25 | [4.44, 10.06] | 5 | 0 | under $0.0001 | 0.84 s",
        "v15 | simulated/coach-steady | 6.00 | [−28.94, 40.94] | 4 | 1 | under $0.0001 | 0.84 s",
        SCALE,
    ]
    assert page.section("Difference by criterion: 2 unclear") == [
        "Criterion | Difference, points | 95 % interval",
        "Overall | | −1.62 [−28.63, +25.38] unclear",
        "Listening | | −1.50 [−26.91, +23.91] unclear",
        "Brevity | | −1.75 [−30.34, +26.84] unclear",
        "−10 −5 0 +5 +10 ← v14 better v15 better →",
        READING,
    ]
    assert page.section("Worse in v15, largest first") == [
        "Item | Case | v14 | v15 | Change",
        "cr-002 | Case 2 | 7.0 | 3.2 | −3.8 worse",
        "Of 2 paired items: 1 worse, 1 better, 0 the same (within ±0.10).",
    ]


def test_what_an_unfinished_run_lacks() -> None:
    assert Page(render_report(unfinished(), "html")).section("3 answers without a score") == [
        "Variant | What | Reason | Count",
        "v14 | not answered | The run has not come to it. | 1",
        "v15 | answer failed | ProviderDownError: the provider is down | 1",
        "v15 | not judged yet | Not judged yet. | 1",
    ]


def test_every_item_with_its_answers_and_judgements() -> None:
    assert Page(render_report(unfinished(), "html")).section("3 items") == [
        "v14 8.2 v15 8.8 +0.5 better cr-001 Case 1",
        *CONVERSATION,
        *("Repeat 1 | v14 | v15", f"Answer | {ASKED} | {ASKED}", "Score | 8.0 | 9.0 +1.0 better"),
        f"Listening | 8 {WORDS} | 9 +1 better {WORDS}",
        f"Brevity | 8 {WORDS} | 9 +1 better {WORDS}",
        *("Repeat 2 | v14 | v15", f"Answer | {ASKED} | {ASKED}", "Score | 8.5 | 8.5"),
        f"Listening | 9 {WORDS} | 9 {WORDS}",
        f"Brevity | 8 {WORDS} | 8 {WORDS}",
        "v14 7.0 v15 3.2 −3.8 worse cr-002 Case 2",
        *CONVERSATION,
        *("Repeat 1 | v14 | v15", f"Answer | — Not answered yet. | {ASKED}", "Score | — | 2.5"),
        f"Listening | — | 3 {WORDS}",
        f"Brevity | — | 2 {WORDS}",
        *("Repeat 2 | v14 | v15", f"Answer | {ASKED} | {ASKED}", "Score | 7.0 | 4.0 −3.0 worse"),
        f"Listening | 7 {WORDS} | 4 −3 worse {WORDS}",
        f"Brevity | 7 {WORDS} | 4 −3 worse {WORDS}",
        "v14 6.4 v15 — cr-003 Case 3",
        *CONVERSATION,
        *("Repeat 1 | v14 | v15", f"Answer | {ASKED} | {ASKED}", "Score | 7.0 | — Not judged yet."),
        f"Listening | 8 {WORDS} | —",
        f"Brevity | 6 {WORDS} | —",
        "Repeat 2 | v14 | v15",
        f"Answer | {ASKED} | — Failed. ProviderDownError: the provider is down",
        "Score | 5.8 | —",
        f"Listening | 5 {WORDS} | —",
        f"Brevity | 6.5 {WORDS} | —",
    ]


def test_the_facts_of_a_run() -> None:
    assert Page(render_report(unfinished(), "html")).section("What was run") == [
        "Run | 20261120-164512-k3f9, by tester, 2026-11-20 16:45 UTC",
        "Topic | core_values",
        "Dataset | coaching_reply 1, 3 items",
        "Dataset hash | a3f9",
        "Rubric | coaching_quality 1, 2 criteria, scale 1 to 10",
        "Judge | simulated/judge",
        "Variants | v14: version 14, simulated/coach-steady, temperature 0.4 "
        "v15: version 15, simulated/coach-steady, temperature 0.4",
        "Repeats | 2",
        "Seed | 7",
        "Simulated | Yes: a simulated model answered or judged.",
        "Code version | 0.1.0",
        "Cost | under $0.0001 for 20 calls",
        "Could detect | v15: 5.95 points or more (power 80 %)",
    ]


def test_a_run_by_itself_has_means_and_no_differences() -> None:
    page = page_of(CASES["one variant"])
    assert page.lines[2] == "v14 scores 7.33, 95 % interval 5.90 to 8.77, on 3 scored answers."
    assert page.section("Scores") == [
        "Variant | Model | Mean | 95 % interval | Scored | Without score | Cost per answer | Time per answer",
        "v14 | simulated/coach-steady | 7.33 | [5.90, 8.77] | 3 | 0 | under $0.0001 | 0.84 s",
        SCALE,
        "## By criterion",
        "Criterion | Mean | 95 % interval | Scored",
        "Listening | 7.67 | [6.23, 9.10] | 3",
        "Brevity | 7.00 | [4.52, 9.48] | 3",
    ]
    assert page.section("Nothing is left out") == ["All 3 answers have a score."]
    assert f"Answer | {ASKED}" in page.section("3 items")
    assert page.lines[-1] == "Could detect | — A run with one variant compares nothing."


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        (((8, 8), None, None), "v14 scores 8.00 on 1 scored answer; too few for an interval."),
        ((None, None, None), "v14 has no score: no answer could be scored."),
    ],
)
def test_a_run_by_itself_claims_no_more_than_it_knows(
    scores: tuple[tuple[float, float] | None, ...], said: str
) -> None:
    assert page_of(Case((scores,))).lines[2] == said


def test_each_of_several_candidates_has_its_own_part() -> None:
    page = page_of(CASES["beside another"])
    assert page.lines[1].startswith("Simulated v15, v16 against v14 run ")
    assert page.lines[2:8] == [
        "v15 against v14",
        "v15 scores 1.43 points higher than v14, 95 % interval +0.31 to +2.55, on 3 paired items. unclear",
        "Not clear once 2 candidates are counted. This run could detect 0.73 or more. "
        "p = 0.063, adjusted for 2 candidates (Holm).",
        "v16 against v14",
        "No clear difference yet: +0.33 [−0.38, +1.05]. unclear",
        "This run could detect 0.47 or more. p = 0.184, adjusted for 2 candidates (Holm).",
    ]
    assert page.section("v16 against v14") == [
        "## Difference by criterion: 2 unclear",
        "Criterion | Difference, points | 95 % interval",
        "Overall | | +0.33 [−0.38, +1.05] unclear",
        "Listening | | 0.00 [−4.97, +4.97] unclear",
        "Brevity | | +0.67 [−3.13, +4.46] unclear",
        "−5 −2.5 0 +2.5 +5 ← v14 better v16 better →",
        READING,
        "## Worse in v16, largest first",
        "No item is worse.",
        "Of 3 paired items: 0 worse, 2 better, 1 the same (within ±0.10).",
    ]
    detectable = "v15: 0.73 points or more (power 80 %); v16: 0.47 points or more (power 80 %)"
    assert page.lines[-1] == f"Could detect | {detectable}"
    assert "v14 5.0 v15 6.0 +1.0 better v16 5.5 +0.5 better cr-001 Case 1" in page.lines


@pytest.mark.parametrize("name", ["no spread", "all failed"])
def test_a_run_that_could_detect_nothing_says_so(name: str) -> None:
    said = "Could detect | v15: — too few scored pairs, or none that vary"
    assert page_of(CASES[name]).lines[-1] == said


def test_a_cost_that_is_partly_unknown_is_a_lower_bound() -> None:
    results = make_results(CASES["two variants"])
    (run,) = results.answers[0].prompt_runs
    first = replace(results.answers[0], prompt_runs=(replace(run, cost_usd=None), replace(run, cost_usd=Decimal(212))))
    page = Page(render_report(replace(results, answers=(first, *results.answers[1:])), "html"))
    said = "Cost | $212.00 or more: the cost of 1 of 13 calls is unknown, so the total is a lower bound"
    assert said in page.lines


def test_a_finished_run_does_not_say_that_it_is_not() -> None:
    for case in CASES.values():
        assert "not finished" not in page_of(case).words


def test_a_real_run_says_so_where_it_says_what_was_run() -> None:
    page = page_of(Case(CASES["one variant"].scores, simulated=False))
    assert "Simulated | No" in page.lines
    assert page.lines[1].startswith("v14 run ")


def test_links_lead_to_their_items() -> None:
    raw = render_report(unfinished(), "html").decode()
    (anchor,) = set(re.findall(r'href="#([^"]*)">cr-002<', raw))
    folded = raw.partition(f'id="{anchor}"')[0].rpartition("<summary>")[2]
    assert ">cr-002</b>" in folded


def test_the_style_sheet_and_the_page_know_the_same_classes() -> None:
    selectors = re.sub(r"\{[^{}]*\}", " ", STYLE.replace("@media", "\n@media"))
    styled = set(re.findall(r"\.([a-z]+)", selectors))
    runs: list[RunResults] = [*(make_results(case) for case in CASES.values()), unfinished()]
    used = {
        name for run in runs for value in Page(render_report(run, "html")).values("class") for name in value.split()
    }
    assert styled - used == {"same"}, "a strip within the margin; see test_interval_strips"
    assert used - styled == {"assistant", "at"}


def test_the_page_forbids_scripts_and_requests_and_can_be_read_by_screen_readers() -> None:
    raw = render_report(unfinished(), "html").decode()
    assert raw.startswith('<!doctype html>\n<html lang="en"><head><meta charset="utf-8">')
    assert "<title>Evaluation of core_values (simulated)</title>" in raw
    page = Page(raw.encode())
    assert raw.count('<div class="wide"><table') == page.elements["table"] - 1, "all but the facts may be wide"
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    assert set(page.values("content")) >= {policy, "no-referrer", "light dark"}
    assert page.values("http-equiv") == ["Content-Security-Policy"]
    assert set(page.values("scope")) == {"col", "row"}
    assert len(page.values("scope")) == page.elements["th"]
    assert set(page.values("dir")) == {"auto"}
    assert page.values("aria-hidden") == ["true"] * (page.elements["svg"] - page.elements["path"])


def test_numbers_stand_right_under_the_heads_of_their_columns() -> None:
    runs = (unfinished(), make_results(CASES["one variant"]), make_results(CASES["beside another"]))
    tables = [table for run in runs for table in re.findall(r"<table>.*?</table>", render_report(run, "html").decode())]
    assert len(tables) == 6
    for table in tables:
        rows = re.findall(r"<tr>(.*?)</tr>", table)
        right = [['class="n"' in cell for cell in re.findall(r"<t[hd]\b[^>]*>", row)] for row in rows]
        assert all(cells == right[0] for cells in right)
        assert any(right[0])
