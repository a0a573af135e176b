"""Home: where each step of the loop stands today, and what is next."""

from __future__ import annotations

import html
from datetime import timedelta

import streamlit as st

from coaching_core.clock import utc_now
from coaching_core.demo.coaching import DEMO_TENANT
from coaching_core.errors import WorkbenchError
from coaching_core.usage.models import UsageFilter
from evals.bootstrap import Workbench
from pages.components.chrome import DEMO, SIMULATED, page_title
from pages.components.demo import load_demo
from pages.components.home_sections import show_figures, show_loop, show_next_steps, show_topics
from pages.components.links import go, link_to
from pages.components.state import flash, show_flash
from pages.components.tenants import choose_tenant, chosen_tenant, current_tenant, has_data
from pages.components.viewer import viewer_zone
from pages.view_models.home import DAYS, HomeFacts, loop_steps, next_steps, standings, title_facts
from pages.view_models.home_figures import figures, topic_lines

_LOOP = (
    ("Edit", "a topic's prompts, in versions that never change."),
    ("Diff", "any two of them, down to words and settings."),
    ("Try", "several models and versions side by side, on the same messages."),
    ("Score", "them on golden items with a rubric, and see how sure the difference is."),
    ("Publish", "what is better; readers get it at once, and any version can come back."),
    ("Watch", "cost, speed and how the people who are coached get on."),
)


def render(workbench: Workbench) -> None:
    """Draw the screen."""
    show_flash()
    for name in set(st.query_params) - {"data"}:  # left over when one comes back from another screen
        del st.query_params[name]
    tenant = current_tenant(workbench)
    if not _anything(workbench, tenant):
        _show_empty(workbench)
        return
    facts = _facts(workbench, tenant)
    tags = [*([DEMO] if tenant == DEMO_TENANT else []), *([SIMULATED] if facts.simulated else [])]
    with page_title("Today", [*tags, *title_facts(facts)]):
        _show_actions(workbench)
    drafts = standings(facts)
    show_loop(loop_steps(facts, drafts))
    show_figures(figures(facts))
    with st.container(key="split_home"):
        left, right = st.columns([1, 1.6], gap="large")
    with left:
        show_next_steps(next_steps(facts, drafts), workbench)
    with right:
        show_topics(topic_lines(facts), facts.zone)


def _anything(workbench: Workbench, tenant: str) -> bool:
    if workbench.core.demo.is_loaded() or has_data(workbench, tenant):
        return True
    return any(summary.topic.latest_version > 1 for summary in workbench.core.prompts.list_topics())


def _facts(workbench: Workbench, tenant: str) -> HomeFacts:
    core, now = workbench.core, utc_now()
    window = UsageFilter(tenant, now - timedelta(days=DAYS), now)
    return HomeFacts(
        summaries=core.prompts.list_topics(),
        runs=tuple(workbench.runs.list(tenant_id=tenant)),
        headline=core.usage.headline(window),
        days=core.usage.by_day(window),
        tried=core.playground.latest(tenant, 1),
        author=core.settings.author,
        now=now,
        zone=viewer_zone(),
    )


def _show_actions(workbench: Workbench) -> None:
    chosen_tenant(workbench, label_visibility="collapsed")
    if workbench.core.demo.is_loaded():
        with st.popover("Remove demo data", icon=":material/delete_sweep:", type="tertiary"):
            st.markdown("Removes the demo's people, conversations, calls and runs. Everything of yours stays.")
            st.button(
                "Remove demo data", icon=":material/delete:", key="remove_demo", on_click=_remove, args=(workbench,)
            )
    if st.button("Plan run", icon=":material/checklist:", type="primary"):
        go("runs", {"new": "1"})


def _remove(workbench: Workbench) -> None:
    try:
        workbench.core.demo.remove()
    except WorkbenchError as error:
        flash(str(error))
        return
    choose_tenant(workbench.core.settings.tenant_id)
    flash("The demo data is gone.")


def _show_empty(workbench: Workbench) -> None:
    page_title("Today", [f"{len(workbench.core.prompts.list_topics())} topics", "nothing tried or scored yet"])
    lines = "".join(f"<p><b>{html.escape(step)}</b> {html.escape(text)}</p>" for step, text in _LOOP)
    st.html(
        f'<div class="cw-empty"><h2>A prompt gets better in a loop</h2><div class="cw cw-lines">{lines}</div></div>'
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        load = st.button("Load the demo data", icon=":material/dataset:", type="primary")
        if "core_values" in workbench.core.prompts.topic_ids():
            link_to("Open core values", "editor", {"topic": "core_values"}, icon=":material/edit_note:")
    st.caption("The demo shows 90 days of a made-up company. It is marked as demo everywhere and goes with one click.")
    if load:
        load_demo(workbench)
