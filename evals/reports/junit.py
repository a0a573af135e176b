"""A run as a JUnit report, as CI systems show it: one test case for each variant and item, and one for the gate.

What fails: an answer that does not have everything right, where the judge says yes or no (checks, labels,
measurements); on a scale, a candidate's item that passed with the baseline and fails now, by more than the margin. A
loss of a few points on one item is chance more often than not, so it fails nothing: the gate speaks of the whole.
An answer that a provider failed to give is an error, an answer nobody could judge is skipped: neither is a low score.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree as ET

from evals.comparing.compare import ROUNDING, margin_on
from evals.comparing.flips import PassMark, pass_mark
from evals.comparing.pairing import mean_of_known
from evals.plan import Cell, RunPlan
from evals.results.run_results import Answer, RunResults, variant_names

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Kind = Literal["failure", "error", "skipped"]


@dataclass(frozen=True, slots=True)
class GateCase:
    """The gate as a test case.

    Attributes:
        met: None when it cannot be told yet.
        words: What was found.
    """

    name: str
    met: bool | None
    words: str


@dataclass(frozen=True, slots=True)
class _Outcome:
    kind: Kind
    type: str
    message: str
    text: str = ""


def render_junit(results: RunResults, gate: GateCase | None = None) -> bytes:
    """XML, UTF-8; a suite for each variant.

    Args:
        gate: Where the run was held against one.
    """
    plan, names = results.plan, variant_names(results.plan)
    root = ET.Element("testsuites", name=_clean(f"{plan.dataset.name}, run {plan.run_id}"))
    answers = {answer.cell: answer for answer in results.answers}
    for variant in plan.variants:
        suite = ET.SubElement(root, "testsuite", name=_clean(names[variant.id]))
        suite.set("timestamp", plan.created_at.isoformat())
        for item in plan.dataset.items:
            suite.append(_case(plan, answers, item.id, variant.id, names))
        _count(suite)
    if gate is not None:
        suite = ET.SubElement(root, "testsuite", name="gate")
        suite.append(_gate(gate, plan))
        _count(suite)
    _count(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _case(plan: RunPlan, answers: dict[Cell, Answer], item: str, variant: str, names: dict[str, str]) -> ET.Element:
    given = [found for repeat in range(plan.repeats) if (found := answers.get(Cell(item, variant, repeat)))]
    case = ET.Element("testcase", name=_clean(item), classname=_clean(f"{plan.dataset.name}.{names[variant]}"))
    times = [time for answer in given if (time := answer.effort.latency_ms) is not None]
    case.set("time", f"{sum(times) / 1000:.3f}")
    score = _score(given)
    if score is not None:
        properties = ET.SubElement(case, "properties")
        ET.SubElement(properties, "property", name="score", value=f"{score:.4g}")
    outcome = _nothing(given) if score is None else _judged(plan, answers, given, score)
    if outcome is not None:
        told = ET.SubElement(case, outcome.kind, message=_clean(outcome.message))
        if outcome.kind != "skipped":
            told.set("type", outcome.type)
        told.text = _clean(outcome.text) or None
    return case


def _score(given: list[Answer]) -> float | None:
    return mean_of_known(answer.verdict.score for answer in given if answer.verdict is not None)


def _nothing(given: list[Answer]) -> _Outcome:
    """Why an item has no score."""
    failed = [answer.reason for answer in given if answer.text is None]
    if failed:
        return _Outcome("error", failed[0].partition(":")[0] or "error", failed[0])
    unscored = [answer.verdict.reason for answer in given if answer.verdict is not None]
    if unscored:
        return _Outcome("skipped", "unscored", f"The judgement failed: {unscored[0]}")
    return _Outcome("skipped", "waiting", "Not judged yet." if given else "Not answered.")


def _judged(plan: RunPlan, answers: dict[Cell, Answer], given: list[Answer], score: float) -> _Outcome | None:
    mark, cell = pass_mark(plan.panels[0]), given[0].cell
    if mark.passes(score):
        return None
    if mark.by_nature:
        return _Outcome("failure", "not all right", f"{score:.4g} of {mark.score:g}", _words(given, mark, plan))
    cells = (Cell(cell.item, plan.variants[0].id, repeat) for repeat in range(plan.repeats))
    before = _score([found for one in cells if (found := answers.get(one))])
    margin = margin_on(plan.rubric.minimum, plan.rubric.maximum)
    if before is None or not mark.passes(before) or before - score <= margin + ROUNDING:
        return None
    message = f"{before:.4g} with the baseline, {score:.4g} now; {mark.score:g} or more passes"
    return _Outcome("failure", "regression", message, _words(given, mark, plan))


def _words(given: list[Answer], mark: PassMark, plan: RunPlan) -> str:
    """What the judge said of the criteria that are short of the mark."""
    names = {criterion.id: criterion.name for criterion in plan.rubric.criteria}
    return "\n".join(
        f"{names.get(score.id, score.id)}: {score.score:g}. {score.reason}"
        for answer in given
        if answer.verdict is not None
        for score in answer.verdict.criteria
        if score.score is not None and not mark.passes(score.score)
    )


def _gate(gate: GateCase, plan: RunPlan) -> ET.Element:
    case = ET.Element("testcase", name=_clean(gate.name), classname=_clean(f"{plan.dataset.name}.gate"), time="0")
    if gate.met is None:
        ET.SubElement(case, "skipped", message=_clean(f"Inconclusive. {gate.words}"))
    elif not gate.met:
        ET.SubElement(case, "failure", type="gate", message=_clean(gate.words))
    return case


def _count(suite: ET.Element) -> None:
    cases = list(suite.iter("testcase"))
    suite.set("tests", str(len(cases)))
    for name, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(kind) is not None for case in cases)))
    suite.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.3f}")


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
