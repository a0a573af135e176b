"""The form that makes a labelling queue out of a run."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from coaching_core.errors import NotFoundError, WorkbenchError
from evals.bootstrap import Workbench
from evals.labelling import QueueKind
from evals.results.reading import load_results
from evals.results.run_results import RunResults
from evals.running.folder import RunFolder, RunState
from evals.runs import RunSummary
from pages.components.address import carried, carry, carry_only
from pages.components.chrome import empty_state, page_title
from pages.components.links import link_to
from pages.components.messages import show_problem
from pages.components.state import flash
from pages.components.tenants import current_tenant
from pages.components.viewer import viewer_zone
from pages.view_models.datasets import in_words
from pages.view_models.labelling import KIND_QUESTIONS, tasks_words
from pages.view_models.run_list import run_title
from pages.view_models.words import moment, plural

_USUAL_ITEMS = 30
_MOST_RUNS = 200
_WITH_ANSWERS = (RunState.FINISHED, RunState.STOPPED, RunState.INTERRUPTED)


def labelable_runs(workbench: Workbench, tenant: str) -> list[RunSummary]:
    """Runs that ended and whose files are here, newest first."""
    runs = workbench.runs.list(tenant, limit=_MOST_RUNS)
    return [run for run in runs if run.status in _WITH_ANSWERS and RunFolder(run.folder).journal.exists()]


def choose_run(runs: list[RunSummary], asked: str | None) -> RunSummary:
    """Let the person choose a run; the address keeps it."""
    zone = viewer_zone()
    ids = {run.run_id: run for run in runs}
    picked = st.selectbox(
        "Run",
        list(ids),
        index=list(ids).index(asked) if asked in ids else 0,
        format_func=lambda run_id: f"{run_title(ids[run_id])} · {moment(ids[run_id].created_at, zone)} · {run_id}",
        width=620,
    )
    return ids[picked]


@st.cache_resource(max_entries=2, show_spinner="Reading the run…")
def read_answers(path: str, size: int) -> RunResults:  # noqa: ARG001 - part of the cache's key
    """The run's answers, read again only when its journal has grown."""
    return load_results(RunFolder(Path(path)))


def answers_of(summary: RunSummary) -> RunResults:
    """What a run has answered.

    Raises:
        WorkbenchError: Its files cannot be read.
    """
    journal = RunFolder(summary.folder).journal
    if not journal.exists():
        raise NotFoundError(f"The files of run {summary.run_id} are gone from {summary.folder}.")
    return read_answers(str(summary.folder), journal.stat().st_size)


def render_making(workbench: Workbench) -> None:
    """Ask for run, name, kind and size."""
    with page_title("Make labelling queue"):
        st.button("Show all queues", icon=":material/arrow_back:", type="tertiary", on_click=carry_only)
    runs = labelable_runs(workbench, current_tenant(workbench))
    if not runs:
        empty_state("No run with answers yet", "A queue is made of the answers of a run that has ended.")
        link_to("Plan run", "runs", {"new": "1"}, icon=":material/checklist:")
        return
    asked = carried("new")
    if asked not in {None, "1", *(run.run_id for run in runs)}:
        show_problem(f"Run “{asked}” has no answers to label. Choose another one.")
    summary = choose_run(runs, asked)
    carry(new=summary.run_id)
    results = answers_of(summary)
    _form(workbench, summary, results)


def _form(workbench: Workbench, summary: RunSummary, results: RunResults) -> None:
    plan = results.plan
    kinds = list(QueueKind) if len(plan.variants) > 1 else [QueueKind.SCORE]
    kind = st.radio("What is asked", kinds, format_func=KIND_QUESTIONS.__getitem__, horizontal=True)
    whole = len(plan.dataset.items)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        items = st.number_input("Items", 1, whole, min(_USUAL_ITEMS, whole), width=140)
        name = st.text_input(
            "Name",
            f"{in_words(summary.topic_id or summary.dataset)}, {moment(summary.created_at, viewer_zone())}",
            max_chars=200,
            width=464,
        )
    rubric = plan.rubric
    st.caption(
        f"{tasks_words(kind, items, len(plan.variants))}, drawn by lot and balanced over phases. People go by the "
        f"judge's rubric, {rubric.label}: {plural(len(rubric.criteria), 'criterion', 'criteria')}, "
        f"{rubric.minimum:g} to {rubric.maximum:g}. They see no variant, model, judge's score or cost."
    )
    if not st.button("Make queue", type="primary", icon=":material/add:", key="make_queue"):
        return
    try:
        queue = workbench.labels.make_queue(results, name, kind, items, workbench.core.settings.author)
    except WorkbenchError as error:
        show_problem(error)
        return
    flash(f"“{queue.name}” is made.")
    carry_only(queue=queue.id)
    st.rerun()
