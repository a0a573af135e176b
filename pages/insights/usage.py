"""Usage & cost: what calls to models cost, how long they took, and the calls behind every number."""

from __future__ import annotations

import html
import itertools
from collections.abc import Iterator
from datetime import timedelta

import streamlit as st

from coaching_core.clock import utc_now
from coaching_core.demo.coaching import DEMO_TENANT
from evals.bootstrap import Workbench
from pages.components.charts import chart
from pages.components.chrome import DEMO, SIMULATED, Tag, empty_state, page_title
from pages.components.messages import plain_markdown
from pages.components.state import show_flash
from pages.components.tenants import chosen_tenant, current_tenant
from pages.components.viewer import viewer_zone
from pages.insights.nothing_yet import offer_first_steps
from pages.insights.usage_calls import show_calls
from pages.insights.usage_charts import days_alt, days_figure
from pages.insights.usage_data import UsageView, latest_call, read_options, read_view, work_out
from pages.insights.usage_export import offer_export
from pages.insights.usage_filters import current_choice, keep, show_filters
from pages.insights.usage_outlook import show_outlook
from pages.insights.usage_tables import show_breakdown
from pages.view_models.usage import before_words, costliest_step, facts, figures, simulated_words, unknown_words
from pages.view_models.usage_choice import CUSTOM
from pages.view_models.usage_outlook import cost_per_user
from pages.view_models.words import day, plural

_REFRESH_SECONDS = 5
_SOON_SECONDS = 0.4
_FRESH = timedelta(seconds=2)


def render(workbench: Workbench) -> None:
    """Draw the screen."""
    show_flash()
    now, tenant = utc_now(), current_tenant(workbench)
    view = read_view(workbench, current_choice(now.date()), tenant, now)
    _title(workbench, view, tenant)
    if not view.sums.attempts and latest_call(workbench.core.usage, tenant, now) is None:
        _nothing_yet(workbench)
        return
    _filters(workbench, view, tenant)
    _figures(view)
    if not view.sums.attempts:
        _nothing_fits(workbench, view, tenant)
        return
    _notes(view)
    st.subheader(plain_markdown(costliest_step(view.overview.steps)), anchor=False)
    chart(days_figure(view), height=760, key="usage_days", alt=days_alt(view.overview.steps))
    st.caption("Hours of UTC." if view.wanted.hourly else "Days begin at midnight UTC.")
    show_outlook(workbench, view)
    show_breakdown(view)
    show_calls(workbench, view)
    _follow(workbench, view)


def _title(workbench: Workbench, view: UsageView, tenant: str) -> None:
    facts_: list[Tag | str] = [DEMO] if tenant == DEMO_TENANT else []
    facts_ += [SIMULATED] if view.overview.real.attempts < view.sums.attempts else []
    if view.sums.attempts:
        facts_ += ["all tenants"] if view.choice.all_tenants else []
        facts_ += [plural(view.sums.calls, "call"), f"{view.choice.first:%-d %b} to {view.choice.last:%-d %b %Y}"]
        facts_.append(f"checked for new calls every {_REFRESH_SECONDS} s")
    with page_title("Usage & cost", facts_):
        if view.sums.attempts:
            offer_export(workbench, view)


def _filters(workbench: Workbench, view: UsageView, tenant: str) -> None:
    options = read_options(workbench.core.usage, view.choice, tenant)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="usage_filters"):
        show_filters(view.choice, options, view.names, view.read_at.date())
        chosen_tenant(workbench)


def _figures(view: UsageView) -> None:
    with st.container(key="quad_usage"):
        shown = figures(view.sums, view.overview.before, view.timings)
        for column, figure in zip(st.columns(4), shown, strict=True):
            column.metric(
                figure.label,
                plain_markdown(figure.value),
                figure.delta if isinstance(figure.delta, int | None) else plain_markdown(figure.delta),
                delta_color=figure.colour,
                delta_description=figure.note,
                border=True,
                height="stretch",
            )
    per_user = None if view.late is None else cost_per_user(view.late.days, view.choice.first)
    cells = "".join(
        f'<div><span class="m">{html.escape(one.label)}</span><b>{html.escape(one.value)}</b>'
        f'<span class="m">{html.escape(one.note)}</span></div>'
        for one in facts(view.sums, per_user, view.late is not None)
    )
    st.html(f'<div class="cw cw-figures cw-facts">{cells}</div>')


def _follow(workbench: Workbench, view: UsageView) -> None:
    """Work out what was put off once the screen stands, then look for new calls now and then."""
    again = st.fragment(_catch_up, run_every=_SOON_SECONDS if view.pending else _REFRESH_SECONDS)
    again(workbench, view, itertools.count())


def _catch_up(workbench: Workbench, view: UsageView, looks: Iterator[int]) -> None:
    """The first look is part of drawing the screen, and does nothing."""
    now = utc_now()
    if next(looks) == 0:
        return
    if view.pending:
        work_out(workbench.core.usage, view, now)
        st.rerun()
    elif now - view.read_at > _FRESH:
        changed = workbench.core.usage.attempts(view.wanted) != view.sums.attempts
        if changed or (view.choice.days != CUSTOM and view.choice.last != now.date()):
            st.rerun()


@st.fragment(run_every=_REFRESH_SECONDS)
def _await_first_call(workbench: Workbench, tenant: str) -> None:
    if latest_call(workbench.core.usage, tenant, utc_now()) is not None:
        st.rerun()


def _notes(view: UsageView) -> None:
    before = before_words(view.overview.before, view.choice.period_words())
    simulated = simulated_words(view.sums, view.overview.real)
    text = " ".join(sentence for sentence in (unknown_words(view.sums), simulated, before) if sentence)
    st.caption(plain_markdown(text))


def _nothing_yet(workbench: Workbench) -> None:
    with st.container(horizontal=True):
        tenant = chosen_tenant(workbench)
    empty_state(
        "No calls yet",
        "Every call to a model is recorded here with its cost, tokens and times within five seconds. "
        "Simulated models need no key.",
    )
    offer_first_steps(workbench)
    _await_first_call(workbench, tenant)


def _nothing_fits(workbench: Workbench, view: UsageView, tenant: str) -> None:
    latest = latest_call(workbench.core.usage, tenant, view.read_at)
    fact = f"The latest call was on {day(latest.created_at, viewer_zone())}." if latest else ""
    empty_state("No calls fit", f"Nothing was called in this period with these filters. {fact}")
    if view.choice.is_filtered:
        st.button("Reset filters", icon=":material/filter_alt_off:", on_click=lambda: keep(view.choice.unfiltered()))
