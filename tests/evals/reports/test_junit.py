"""JUnit: what fails is a failure, what a provider lost is an error, what nobody could judge is skipped."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from evals.reports import render_report
from evals.reports.junit import GateCase, render_junit
from evals.results.run_results import RunResults
from tests.evals.result_making import CHECKS_JUDGE, Said, item, plan_of, results_of, scored


def document(results: RunResults, gate: GateCase | None = None) -> ET.Element:
    return ET.fromstring(render_junit(results, gate))


def outcomes(results: RunResults, variant: str = "version 2") -> list[tuple[str, str]]:
    """(item, what became of it)."""
    (suite,) = [one for one in document(results) if one.get("name") == variant]
    return [
        (case.get("name", ""), next((told.tag for told in case if told.tag != "properties"), "passed"))
        for case in suite.iter("testcase")
    ]


def test_a_case_for_each_variant_and_item() -> None:
    plan = plan_of([item(0), item(1)])
    root = document(scored(plan, [8, 8], [8, 8]))
    assert root.tag == "testsuites"
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in root] == [
        ("version 1", "2", "0"),
        ("version 2", "2", "0"),
    ]
    case = root[0][0]
    assert (case.get("classname"), case.get("name"), case.get("time")) == ("replies.version 1", "i-000", "0.840")
    (score,) = case.iter("property")
    assert score.attrib == {"name": "score", "value": "8"}


def test_on_a_scale_only_a_fall_below_the_mark_is_a_failure() -> None:
    plan = plan_of([item(number) for number in range(5)])
    #                       falls, stays low, loses a little, at the mark, rises
    results = scored(plan, [8, 5, 9, 7.05, 5], [5, 2, 8, 6.97, 8])
    assert outcomes(results) == [
        ("i-000", "failure"),
        ("i-001", "passed"),
        ("i-002", "passed"),
        ("i-003", "passed"),
        ("i-004", "passed"),
    ]
    assert {what for _, what in outcomes(results, "version 1")} == {"passed"}
    (failure,) = document(results).iter("failure")
    assert failure.get("type") == "regression"
    assert failure.get("message") == "8 with the baseline, 5 now; 7 or more passes"
    assert failure.text == "Fit: 5. Quotes “stuck”.\nFocus: 5. Quotes “stuck”."


def test_where_the_judge_says_yes_or_no_everything_has_to_be_right() -> None:
    plan = plan_of([item(number) for number in range(3)], judges=[CHECKS_JUDGE])
    results = scored(plan, [1, 0.5, 1], [1, 1, 0.99])
    assert [what for _, what in outcomes(results, "version 1")] == ["passed", "failure", "passed"]
    assert [what for _, what in outcomes(results)] == ["passed", "passed", "failure"]
    assert [one.get("message") for one in document(results).iter("failure")] == ["0.5 of 1", "0.99 of 1"]


def test_providers_and_judges_that_fail_fail_no_item() -> None:
    plan = plan_of([item(number) for number in range(4)], judges=[CHECKS_JUDGE])
    judge = CHECKS_JUDGE["id"]
    answers = {
        ("i-000", "v2", 0): Said(None),
        ("i-001", "v2", 0): Said({judge: None}),
        ("i-002", "v2", 0): Said({}),
    }
    results = results_of(plan, answers)
    assert [what for _, what in outcomes(results)] == ["error", "skipped", "skipped", "skipped"]
    root = document(results)
    (error,) = root.iter("error")
    assert (error.get("type"), error.get("message")) == ("ProviderDownError", "ProviderDownError: the provider is down")
    assert [one.get("message") for one in root[1].iter("skipped")] == [
        "The judgement failed: The judge's reply was no JSON.",
        "Not judged yet.",
        "Not answered.",
    ]
    assert (root.get("tests"), root.get("failures"), root.get("errors"), root.get("skipped")) == ("8", "0", "1", "7")


def test_repeats_count_as_one_and_a_lost_one_is_left_out() -> None:
    plan = plan_of([item(0)], repeats=2, judges=[CHECKS_JUDGE])
    judge = CHECKS_JUDGE["id"]
    answers = {("i-000", "v2", 0): Said(None), ("i-000", "v2", 1): Said({judge: (1, 1)})}
    assert outcomes(results_of(plan, answers)) == [("i-000", "passed")]


@pytest.mark.parametrize(("met", "told"), [(True, None), (False, "failure"), (None, "skipped")])
def test_the_gate_is_a_case(met: bool | None, told: str | None) -> None:
    root = document(scored(plan_of([item(0)]), [8], [8]), GateCase("--gate better", met, "No clear difference yet."))
    (case,) = root[-1]
    assert (root[-1].get("name"), case.get("name")) == ("gate", "--gate better")
    assert [one.tag for one in case] == ([told] if told else [])


def test_letters_that_xml_cannot_hold_and_hostile_ones() -> None:
    plan = plan_of([item(0, id='<a b="c">&\u0000\u001b]]>')], judges=[CHECKS_JUDGE])
    results = scored(plan, [1], [0])
    answers = list(results.answers)
    verdict = answers[1].verdict
    assert verdict is not None
    odd = tuple(replace(one, reason="]]></failure><x>\u0007\ud800") for one in verdict.criteria)
    answers[1] = replace(answers[1], verdict=replace(verdict, criteria=odd))
    root = document(replace(results, answers=tuple(answers)))
    (failure,) = root.iter("failure")
    assert "]]></failure><x>\ufffd\ufffd" in (failure.text or "")
    assert root[0][0].get("name") == '<a b="c">&\ufffd\ufffd]]>'


def test_it_is_one_of_the_reports() -> None:
    results = scored(plan_of([item(0)]), [8], [8])
    assert render_report(results, "junit") == render_junit(results)
