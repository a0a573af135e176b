"""Compare: a candidate against a baseline, of one run or of two, down to the judges' words. The address is a link."""

from __future__ import annotations

import streamlit as st

from coaching_core.demo.coaching import DEMO_TENANT
from coaching_core.errors import WorkbenchError
from evals.bootstrap import Workbench
from evals.running.folder import RunState
from evals.runs import RunSummary
from pages.components.address import carried
from pages.components.chrome import DEMO, SIMULATED, Tag, empty_state, page_title
from pages.components.demo import load_demo
from pages.components.links import address_of, link_to
from pages.components.messages import show_problem
from pages.components.state import show_flash
from pages.components.tenants import chosen_tenant, current_tenant
from pages.evaluation.compare_choice import choose_sides, comparable
from pages.evaluation.comparison import render_comparison
from pages.evaluation.runs_reading import compared as read_compared
from pages.view_models.compare import Compared, what_is_compared

_MOST_RUNS = 200


def render(workbench: Workbench) -> None:
    """Show the comparison that the address names; the newest run's where it names none."""
    show_flash()
    runs = comparable(workbench.runs.list(current_tenant(workbench), limit=_MOST_RUNS))
    asked = carried("run")
    if not runs and asked is None:
        _nothing_yet(workbench)
        return
    title = st.container()
    try:
        with st.container(horizontal=True, vertical_alignment="bottom", key="compare_choice"):
            chosen_tenant(workbench)
            summary, choice, folders = choose_sides(workbench, runs)
        found = read_compared(choice, *folders)
    except WorkbenchError as error:
        with title:
            page_title("Compare")
        show_problem(error)
        return
    with title:
        _title(summary, found)
    if not len(found.after):
        st.caption("There is no answer yet.")
        return
    render_comparison(workbench, found, so_far=folders[0].status().state is not RunState.FINISHED)


def _title(summary: RunSummary, found: Compared) -> None:
    tags: list[Tag | str] = [DEMO] if summary.tenant_id == DEMO_TENANT else []
    tags += [SIMULATED] if found.after.plan.simulated or found.before.plan.simulated else []
    with page_title("Compare", [*tags, *what_is_compared(found)]):
        with st.popover("Copy link", icon=":material/link:", type="tertiary"):
            st.caption("This address opens what you see now.")
            st.code(address_of(st.query_params.to_dict()), language=None, wrap_lines=True)
        link_to("Open run", "runs", {"run": summary.run_id}, icon=":material/checklist:")
        link_to("Label answers", "labelling", {"new": summary.run_id}, icon=":material/rate_review:")


def _nothing_yet(workbench: Workbench) -> None:
    page_title("Compare", [DEMO] if current_tenant(workbench) == DEMO_TENANT else [])
    chosen_tenant(workbench, label_visibility="collapsed")
    empty_state(
        "Nothing to compare yet",
        "Here two prompt versions or two models stand side by side: which is better, by how much, how sure, and the "
        "items where it got worse, each with both answers and the judge's words. It takes one run.",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        link_to("Plan run", "runs", {"new": "1"}, icon=":material/add:")
        if not workbench.core.demo.is_loaded() and st.button("Load the demo data", icon=":material/dataset:"):
            load_demo(workbench)
