"""A candidate against the baseline: which word a difference earns, and what stands beside the finding."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from evals.comparing.compare import ComparisonVerdict, PartDifference
from evals.reports.contrasts import change_tag, contrast_section, verdict_box, word_tag
from evals.reports.evidence import gather
from evals.statistics import Interval, PairedDifference
from tests.evals.report_making import BASE, CASES, FIVES, Case, Page, make_results

ANCHORS = {"cr-001": "item-1", "cr-002": "item-2", "cr-003": "item-3"}


def part(low: float, high: float, p: float | None = 0.001, error: float = 0.1, clusters: int = 20) -> PartDifference:
    mean = (low + high) / 2
    return PartDifference(
        "listening", PairedDifference(mean, error, Interval(low, high), p, clusters, clusters, 1.0), p
    )


def section_of(*parts: PartDifference, **changes: Any) -> list[str]:
    evidence = gather(make_results(CASES["clear"]))
    (contrast,) = evidence.contrasts
    comparison = replace(contrast.comparison, criteria=parts, **changes)
    return Page(contrast_section(evidence, replace(contrast, comparison=comparison), ANCHORS).encode()).lines


def word_of(one: PartDifference) -> str:
    return section_of(one, margin=0.1)[0].removeprefix("# Difference by criterion: 1 ")


@pytest.mark.parametrize(
    ("one", "word"),
    [
        (part(0.2, 0.6), "better"),
        (part(-0.6, -0.2), "worse"),
        (part(-0.2, 0.6), "unclear"),
        (part(0.0, 0.6), "unclear"),
        (part(-0.6, 0.0), "unclear"),
        (part(0.2, 0.6, p=0.05), "unclear"),
        (part(0.2, 0.6, p=0.0499), "better"),
        (part(-0.1, 0.1), "same"),
        (part(0.02, 0.08), "same"),
        (part(-0.11, 0.05), "unclear"),
        (part(-0.05, 0.11), "unclear"),
        (part(1.0, 1.0, p=None, error=0.0, clusters=6), "better"),
        (part(1.0, 1.0, p=None, error=0.0, clusters=5), "unclear"),
        (part(-1.0, -1.0, p=None, error=0.0, clusters=6), "worse"),
        (part(0.0, 0.0, p=None, error=0.0, clusters=6), "same"),
        (part(0.0, 0.0, p=None, error=0.0, clusters=5), "unclear"),
    ],
)
def test_the_word_of_a_criterion(one: PartDifference, word: str) -> None:
    assert word_of(one) == word


def test_words_are_counted_in_one_order() -> None:
    brevity = replace(part(-0.6, -0.2), name="brevity")
    assert section_of(part(-0.2, 0.6), brevity, part(0.2, 0.6), margin=0.1)[0] == (
        "# Difference by criterion: 1 better, 1 worse, 1 unclear"
    )


def test_a_criterion_without_an_interval_says_why() -> None:
    nothing = PartDifference(
        "brevity", PairedDifference(None, None, None, None, 0, 0, None, "There is no value."), None
    )
    lines = section_of(nothing)
    assert lines[0] == "# Difference by criterion: 1 unclear"
    assert lines[3] == "Brevity | | — There is no value."


def test_the_overall_strip_comes_first_with_the_verdict_over_all_candidates() -> None:
    evidence = gather(make_results(CASES["beside another"]))
    taken_back = evidence.contrasts[0]
    assert taken_back.is_taken_back
    assert taken_back.comparison.verdict is ComparisonVerdict.BETTER
    assert taken_back.verdict is ComparisonVerdict.UNCLEAR
    lines = Page(contrast_section(evidence, taken_back, ANCHORS).encode()).lines
    assert lines[3] == "Overall | | +1.43 [+0.31, +2.55] unclear"
    (alone,) = gather(make_results(CASES["by itself"])).contrasts
    assert (alone.is_taken_back, alone.verdict, alone.candidates) == (False, ComparisonVerdict.BETTER, 1)
    assert alone.adjusted_p == alone.comparison.overall.p_value


def test_the_box_names_the_pair_only_beside_others() -> None:
    (alone,) = gather(make_results(CASES["by itself"])).contrasts
    lines = Page(verdict_box(alone).encode()).lines
    assert lines[0].startswith("v15 scores 1.43 points higher than v14")
    assert lines[0].endswith("▲ better")
    assert lines[1:] == ["This run could detect 0.73 or more."]


def test_a_candidate_that_cannot_be_tested_has_no_p_value() -> None:
    evidence = gather(make_results(Case((FIVES, FIVES, BASE))))
    untested, tested = (Page(verdict_box(contrast).encode()).lines for contrast in evidence.contrasts)
    assert untested == ["v15 against v14", "Too few pairs to tell: 0.00 on 3 paired items. unclear"]
    assert "adjusted for 2 candidates (Holm)" in tested[2]


def test_nothing_compared_is_one_sentence() -> None:
    evidence = gather(make_results(CASES["all failed"]))
    lines = Page(contrast_section(evidence, evidence.contrasts[0], ANCHORS).encode()).lines
    assert lines == [
        "# Difference by criterion",
        "Nothing can be compared yet: no item has a score from both.",
    ]


def test_tags() -> None:
    assert word_tag("worse") == '<span class="tag worse">▼ worse</span>'
    assert change_tag(-3.2, "−3.2") == '<span class="tag worse">−3.2 worse</span>'
    assert change_tag(0.5, "+0.5") == '<span class="tag better">+0.5 better</span>'
    assert change_tag(0.04, "0.0") is None
    assert change_tag(None, "+0.5") is None


def test_the_margin_of_a_run_with_one_variant_is_nothing() -> None:
    assert gather(make_results(CASES["one variant"])).margin == 0
    assert gather(make_results(CASES["clear"])).margin == 0.1
