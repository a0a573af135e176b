"""What a run found: its comparison, and what was run. Works with one variant and on half a run."""

from __future__ import annotations

import html

import streamlit as st

from coaching_core.errors import InvalidInputError
from evals.bootstrap import Workbench
from evals.judge_spec import panels_of
from evals.results.run_results import variant_names
from evals.results.table import ResultTable
from evals.running.folder import RunFolder
from evals.runs import RunSummary
from pages.components.address import carried
from pages.evaluation.comparison import render_comparison
from pages.evaluation.runs_reading import compared, table_of
from pages.view_models import words
from pages.view_models.compare import Choice, panel_words


def render_results(workbench: Workbench, summary: RunSummary, folder: RunFolder, so_far: bool) -> None:
    """Draw the results of a run.

    Args:
        so_far: The run has not done all; the verdict says so.
    """
    table = table_of(folder)
    if not len(table):
        st.caption("There is no answer yet.")
        return
    try:
        found = compared(_choice(table), folder)
    except InvalidInputError as error:
        st.caption(str(error))
        return
    render_comparison(workbench, found, so_far)
    _what_was_run(table, summary)


def _choice(table: ResultTable) -> Choice:
    """Baseline, candidate and judge; a choice only where there are several."""
    names, panels = variant_names(table.plan), {panel.id: panel_words(panel) for panel in table.plan.panels}
    baseline = candidate = ""
    judge = next(iter(panels))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(names) > 2:
            baseline = _select("Baseline", "baseline", names, 0)
            candidate = _select("Candidate", "candidate", names, 1)
        if len(panels) > 1:
            judge = _select("Judged by", "judge", panels, 0)
    return Choice(table.plan.run_id, "", baseline, candidate, judge)


def _select(label: str, name: str, options: dict[str, str], index: int) -> str:
    ids, asked = list(options), carried(name)
    return st.selectbox(
        label,
        ids,
        index=ids.index(asked) if asked in options else index,
        format_func=lambda value: options.get(value, value),
        key=f"run_{name}",
        width=280,
    )


def _what_was_run(table: ResultTable, summary: RunSummary) -> None:
    plan = table.plan
    judges = [panel_words(panel) for panel in (*plan.panels, *panels_of(plan.pairwise_judges))]
    rows = (
        ("Dataset", f"{plan.dataset.name} {plan.dataset.version}, hash {plan.dataset.content_hash[:8]}"),
        ("Items", words.count(table.items)),
        ("Repeats", words.count(plan.repeats)),
        ("Judged by", "; ".join(judges)),
        ("Rubric", plan.rubric.label),
        ("Models", ", ".join(dict.fromkeys(variant.model for variant in plan.variants))),
        ("Seed", f"{plan.seed}{', another for each variant' if plan.independent_seeds else ''}"),
        ("Calls at once", words.count(plan.concurrency)),
        ("Author", plan.author),
        ("Workbench", plan.code_version),
        ("Cost", f"${summary.cost:.4f}"),
    )
    listed = "".join(f"<div><span>{name}</span><span>{html.escape(value)}</span></div>" for name, value in rows)
    with st.expander("What was run"):
        st.html(f'<div class="cw-kv" style="max-width:44rem">{listed}</div>')
