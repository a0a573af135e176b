"""What a run found: the verdict, differences, means, items. Works with one variant and on half a run."""

from __future__ import annotations

import html

import streamlit as st

from evals.bootstrap import Workbench
from evals.results import RunResults
from evals.run_folder import RunFolder
from pages.components.chrome import Tag, tag
from pages.components.difference_chart import difference_chart
from pages.components.figure_tables import group_table, means_table
from pages.evaluation.runs_items import render_items
from pages.evaluation.runs_reading import findings_of, results_of
from pages.view_models import words
from pages.view_models.run_findings import (
    Findings,
    criterion_means,
    heading,
    single_sentence,
    variant_means,
    verdict_html,
)


def render_results(workbench: Workbench, folder: RunFolder, so_far: bool) -> None:
    """Draw the results of a run.

    Args:
        so_far: The run has not done all; the verdict says so.
    """
    results = results_of(folder)
    if not results.answers:
        st.caption("There is no answer yet.")
        return
    if len(results.plan.variants) == 1:
        _render_single(workbench, results, so_far)
        return
    baseline, candidate = _sides(results)
    if baseline == candidate:
        st.caption("Choose two variants that differ.")
        return
    findings = findings_of(folder, baseline, candidate)
    _verdict(verdict_html(findings), " ".join(findings.facts), _so_far(results) if so_far else "")
    with st.container(key="split_findings"):
        left, right = st.columns([1.4, 1], gap="medium")
    with left:
        _differences(findings)
    render_items(results, baseline, candidate, right)
    _means(workbench, results, findings, {baseline: "baseline", candidate: "candidate"})
    _what_was_run(results)


def _render_single(workbench: Workbench, results: RunResults, so_far: bool) -> None:
    rubric, variant = results.plan.rubric, results.plan.variants[0]
    means = variant_means(results, {variant.id: "candidate"}, _model_labels(workbench))
    facts = f"One variant: nothing to compare it with. Scale {rubric.minimum:g}–{rubric.maximum:g}."
    if means[0].unscored:
        facts = f"{words.plural(means[0].unscored, 'answer')} without a score left out. {facts}"
    _verdict(html.escape(single_sentence(means[0])), facts, _so_far(results) if so_far else "")
    with st.container(key="split_findings"):
        left, right = st.columns([1.4, 1], gap="medium")
    with left:
        st.subheader("Means by criterion", anchor=False)
        st.html(means_table(criterion_means(results, variant.id), rubric.minimum, rubric.maximum, "Criterion"))
    render_items(results, None, variant.id, right)
    _what_was_run(results)


def _sides(results: RunResults) -> tuple[str, str]:
    """Baseline and candidate; a choice only where there are more than two variants."""
    labels = {variant.id: variant.label for variant in results.plan.variants}
    ids = list(labels)
    if len(ids) == 2:
        return ids[0], ids[1]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        baseline = st.selectbox("Baseline", ids, format_func=lambda id_: labels[id_], key="run_baseline", width=280)
        candidate = st.selectbox(
            "Candidate", ids, index=1, format_func=lambda id_: labels[id_], key="run_candidate", width=280
        )
    return baseline, candidate


def _so_far(results: RunResults) -> str:
    total = sum(1 for _ in results.plan.cells())
    return f"So far: {words.count(len(results.answers))} of {words.plural(total, 'answer')}"


def _verdict(sentence: str, facts: str, so_far: str) -> None:
    with st.container(border=True, key="verdict"):
        part = f'<p style="margin-bottom:.3rem">{tag(Tag(so_far, "warn"))}</p>' if so_far else ""
        st.html(
            f'<div class="cw">{part}</div><div class="cw-verdict">{sentence}</div>'
            f'<div class="cw m" style="margin-top:.6rem">{html.escape(facts)}</div>'
        )


def _differences(findings: Findings) -> None:
    comparison = findings.comparison
    if comparison.overall.mean is None:
        st.subheader("Difference by criterion", anchor=False)
        st.caption("No item has a score from both yet.")
        return
    st.subheader(heading(findings.differences), anchor=False)
    difference_chart(
        findings.differences,
        baseline=comparison.baseline.label,
        candidate=comparison.candidate.label,
        margin=comparison.margin,
        key="run_differences",
    )
    st.caption(
        "Bars are 95 % intervals, each on its own. Filled marks are clear: zero is excluded, also after counting all "
        f"criteria (Holm). The grey zone, ±{comparison.margin:.2f}, counts as no difference that matters."
    )


def _means(workbench: Workbench, results: RunResults, findings: Findings, roles: dict[str, str]) -> None:
    rubric = results.plan.rubric
    st.subheader("Means", anchor=False)
    st.html(means_table(variant_means(results, roles, _model_labels(workbench)), rubric.minimum, rubric.maximum))
    st.caption("Each variant on all its scored answers; 95 % intervals, clustered by conversation.")
    if not findings.groups:
        return
    with st.container(key="split_groups"):
        places = [place for _ in findings.groups[::2] for place in st.columns(2, gap="medium")]
        for place, group in zip(places, findings.groups, strict=False):
            place.subheader(f"Difference by {group.title.lower()}", anchor=False)
            place.html(group_table(group))


def _model_labels(workbench: Workbench) -> dict[str, str]:
    return {info.name: info.label for info in workbench.core.catalogue.models()}


def _what_was_run(results: RunResults) -> None:
    plan = results.plan
    rows = (
        ("Dataset", f"{plan.dataset.name} {plan.dataset.version}, hash {plan.dataset.content_hash[:8]}"),
        ("Items", words.count(len(plan.dataset.items))),
        ("Repeats", words.count(plan.repeats)),
        ("Rubric", plan.rubric.label),
        ("Judge", plan.judge),
        ("Models", ", ".join(dict.fromkeys(variant.model for variant in plan.variants))),
        ("Seed", str(plan.seed)),
        ("Calls at once", words.count(plan.concurrency)),
        ("Author", plan.author),
        ("Workbench", plan.code_version),
        ("Cost", f"${results.cost:.4f}"),
    )
    listed = "".join(f"<div><span>{name}</span><span>{html.escape(value)}</span></div>" for name, value in rows)
    with st.expander("What was run"):
        st.html(f'<div class="cw-kv" style="max-width:34rem">{listed}</div>')
