"""One judge: agreement by criterion, how it behaves, and what a run's scores come to without its errors."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from coaching_core.errors import WorkbenchError
from evals.bootstrap import Workbench
from evals.judge_quality.corrected import corrected_means, corrected_rates
from evals.judge_quality.service import JudgeStanding
from evals.judge_quality.words import coefficient
from evals.results.reading import load_results
from evals.rubric import Rubric
from pages.components.agreement_table import agreement_table
from pages.components.chrome import SIMULATED, Tag, tag
from pages.components.links import link_to
from pages.components.messages import show_problem
from pages.components.viewer import viewer_zone
from pages.view_models.judges import (
    Behaviour,
    behaviours,
    check_facts,
    criterion_rows,
    finding,
    identity,
)
from pages.view_models.judges_corrected import CorrectedRow, corrected_rows
from pages.view_models.words import DASH, count, plural, score

_PASS_SHARE = 2 / 3
"""Where between the scale's ends an answer passes: 7 on a scale from 1 to 10."""


def render_judge(workbench: Workbench, standing: JudgeStanding, rubric: Rubric | None) -> None:
    """Draw one judge by one rubric.

    Args:
        rubric: As it is now; None where it is gone or has another version.
    """
    _agreement(standing, rubric)
    _behaviours(standing)
    if standing.labelled_runs:
        _corrected(workbench, standing)


def _agreement(standing: JudgeStanding, rubric: Rubric | None) -> None:
    from_check = standing.check is not None and standing.check.overall.labels > 0
    scores = standing.scores or (standing.check.scores if standing.check is not None and from_check else ())
    rows = criterion_rows(scores, rubric)
    st.subheader(finding(rows), anchor=False)
    if not rows:
        st.html(
            '<div class="cw"><p>Nobody has labelled answers that this judge scored. Label some 30 answers blind, twice '
            "where you can: then its agreement stands here and beside its scores.</p></div>"
        )
        link_to("Label answers", "labelling", icon=":material/edit_note:")
        return
    st.html(agreement_table(rows))
    overall = scores[0]
    people = plural(overall.labellers, "person", "people")
    st.caption(
        f"{count(overall.answers)} answers with {count(overall.labels)} labels of {people}; "
        f"{count(overall.twice)} labelled twice or more. κw is quadratically weighted, beside people's mean. "
        "The grey mark is how far two people agree who labelled the same answer; hold the judge and one person against "
        f"it. Same order of answers as people's (Spearman): {coefficient(overall.spearman)}. Krippendorff's α with the "
        f"judge as one more labeller: {coefficient(overall.alpha)}; among people: {coefficient(overall.people_alpha)}. "
        "95 % intervals take answers to one item together."
    )


def _behaviours(standing: JudgeStanding) -> None:
    st.subheader("How it behaves", anchor=False)
    rows = "".join(_behaviour(one) for one in behaviours(standing))
    st.html(
        '<div class="cw-scroll"><table class="cw-table cw-behave"><colgroup><col class="name"><col class="figure"><col>'
        f"</colgroup><tbody>{rows}</tbody></table></div>"
    )
    if standing.check is None:
        st.caption(
            "This judge has not been checked by this rubric. A check asks it about known answers, again and again."
        )
        return
    facts = "".join(f"<span>{html.escape(fact)}</span>" for fact in check_facts(standing.check, viewer_zone()))
    mark = tag(SIMULATED) if standing.check.simulated else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(
            f'<div class="cw-title"><div class="sub">{mark}<span>Last check</span>{facts}</div></div>', width="content"
        )
        link_to("Open its run", "runs", {"run": standing.check.run_id})


def _behaviour(one: Behaviour) -> str:
    word = tag(Tag(one.tag, one.mood)) if one.tag else ""
    return (
        f"<tr><td>{html.escape(one.title)}</td><td><b>{html.escape(one.figure)}</b> {word}</td>"
        f'<td class="m says">{html.escape(one.says)}</td></tr>'
    )


def _corrected(workbench: Workbench, standing: JudgeStanding) -> None:
    st.subheader("Scores without its errors", anchor=False)
    run = st.selectbox("Run", standing.labelled_runs, key=f"corrected_run_{identity(standing)}", width=320)
    try:
        results = load_results(workbench.runs.folder(run))
        panel = next((one for one in results.plan.panels if one.label == standing.judge), None)
        results = results if panel is None else results.read_by(panel.id)
    except WorkbenchError as error:
        show_problem(error)
        return
    labels, rubric = workbench.labels.scores_of(run), results.plan.rubric
    bar = rubric.minimum + _PASS_SHARE * (rubric.maximum - rubric.minimum)
    st.html(
        _corrected_table(corrected_rows(corrected_means(results, labels), corrected_rates(results, labels, bar)), bar)
    )
    st.caption(
        "From all judged answers and few labels (prediction-powered mean; Rogan and Gladen's pass rate). It holds "
        "where the labelled answers were drawn by lot, as queues draw them, and wants some 30 labels of each variant."
    )


def _corrected_table(rows: Sequence[CorrectedRow], bar: float) -> str:
    names = (
        "Judge's mean",
        "Corrected",
        "95 % interval",
        "Labels",
        f"Judge passes ≥ {bar:g}",
        "Corrected",
        "95 % interval",
    )
    heads = "".join(f'<th class="n">{name}</th>' for name in names)
    body = "".join(_corrected_row(row) for row in rows)
    return (
        f'<div class="cw-scroll"><table class="cw-table"><thead><tr><th>Variant</th>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _corrected_row(row: CorrectedRow) -> str:
    cells = (
        score(row.judged, 2),
        f"<b>{score(row.corrected, 2)}</b>",
        row.interval,
        count(row.labels),
        _percent(row.passed),
        f"<b>{_percent(row.passed_corrected)}</b>",
        row.passed_interval,
    )
    reason = f'<div class="m s">{html.escape(row.reason)}</div>' if row.reason else ""
    return (
        f"<tr><td>{html.escape(row.variant)}{reason}</td>"
        + "".join(f'<td class="n">{cell}</td>' for cell in cells)
        + "</tr>"
    )


def _percent(value: float | None) -> str:
    return DASH if value is None else f"{value:.0f} %"
