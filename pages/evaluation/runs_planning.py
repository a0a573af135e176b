"""Plan a run: what to compare on which items, and beside it what that comes to before it starts."""

from __future__ import annotations

import html

import streamlit as st

from coaching_core.errors import WorkbenchError
from evals.bootstrap import Workbench
from evals.plan import PlanRequest, RunPlan
from pages.components.address import carry_only
from pages.components.chrome import SIMULATED, page_title, tag
from pages.components.messages import show_problem
from pages.components.state import Slot
from pages.evaluation.runs_form import plan_form
from pages.view_models import words
from pages.view_models.run_plan import PlanFigures, StartGuard, expected_spread, plan_figures

_GUARD: Slot[StartGuard | None] = Slot("run_start_guard", None)


def render_plan(workbench: Workbench) -> None:
    """The form, its figures, and the start."""
    with page_title("Plan run", ["Nothing is asked of a model before you start."]):
        st.button("Show all runs", icon=":material/arrow_back:", type="tertiary", on_click=carry_only)
    with st.container(key="split_plan"):
        left, right = st.columns([1.9, 1], gap="medium")
    with left:
        request = plan_form(workbench)
    with right, st.container(border=True, key="plan_figures"):
        _figures_and_start(workbench, request)


def _figures_and_start(workbench: Workbench, request: PlanRequest | None) -> None:
    st.html('<div class="cw"><b>What this run comes to</b></div>')
    if request is None:
        st.html('<div class="cw m">Choose what is missing at the left.</div>')
        return
    try:
        plan = workbench.plan(request)
    except WorkbenchError as error:
        show_problem(error)
        return
    spread = expected_spread(workbench.runs.list(plan.tenant_id, request.topic, limit=20))
    figures = plan_figures(plan, workbench.core.catalogue.cost, spread)
    st.html(_facts(plan, figures))
    clicked = st.button("Start run", type="primary", icon=":material/play_arrow:", width="stretch", key="start_run")
    _start(workbench, plan, clicked)


def _start(workbench: Workbench, plan: RunPlan, clicked: bool) -> None:
    """Start once, however often the button was clicked before the page went on."""
    guard = _GUARD.get()
    if guard is None or not clicked:
        guard = StartGuard()
        _GUARD.set(guard)
    if not clicked:
        return
    try:
        run_id = guard.once(lambda: workbench.runs.start(plan).run_id)
    except WorkbenchError as error:
        show_problem(error)
        return
    carry_only(run=run_id)
    st.rerun()


def _facts(plan: RunPlan, figures: PlanFigures) -> str:
    repeats = f", {plan.repeats} times each" if plan.repeats > 1 else ""
    rows = (
        ("Items", f"{words.count(figures.items)}{repeats}"),
        ("Variants", words.count(len(figures.variants))),
        ("Calls, answers and verdicts", words.count(figures.calls)),
        ("Cost, estimated", figures.cost.words),
        ("Difference it could detect", _detectable(figures)),
        ("Stops by itself at", words.money_total(plan.money_cap)),
    )
    listed = "".join(f"<div><span>{name}</span><span>{html.escape(value)}</span></div>" for name, value in rows)
    notes = "".join(f"<p>{html.escape(note)}</p>" for note in _notes(figures))
    kind = f"<p>{tag(SIMULATED)}</p>" if plan.simulated else ""
    names = html.escape(", ".join(figures.variants))
    return (
        f'<div class="cw cw-gap"><p class="m s">{names}</p>{kind}</div>'
        f'<div class="cw-kv">{listed}</div><div class="cw m s cw-notes">{notes}</div>'
    )


def _detectable(figures: PlanFigures) -> str:
    return words.DASH if figures.detectable is None else f"{figures.detectable:.2f} or more"


def _notes(figures: PlanFigures) -> list[str]:
    notes = ["The cost is an estimate: 900 + 120 tokens an answer, 1\u202f600 + 350 a verdict, at list prices."]
    if figures.cost.unknown:
        notes.append(f"The price of {', '.join(figures.cost.unknown)} is unknown, so the cost cannot be estimated.")
    if figures.over_cap:
        notes.append("The estimate is above the money cap: the run would stop before its end.")
    return [*notes, figures.detectable_note]
