"""Usage & cost: what calls to models cost, how long they took, and the calls behind every number."""

from __future__ import annotations

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
from pages.insights.usage_charts import days_alt, days_figure
from pages.insights.usage_data import UsageView, latest_call, read_options, read_stack, read_view
from pages.insights.usage_filters import current_choice, keep, show_filters
from pages.insights.usage_tables import show_breakdown, show_calls
from pages.view_models.usage import before_words, costliest_day, figures, people_words, simulated_words, unknown_words
from pages.view_models.usage_choice import CUSTOM, usage_filter
from pages.view_models.words import day, plural

_REFRESH_SECONDS = 5
_FRESH = timedelta(seconds=2)


def render(workbench: Workbench) -> None:
    """Draw the screen."""
    show_flash()
    now, tenant = utc_now(), current_tenant(workbench)
    view = read_view(workbench, current_choice(now.date()), tenant, now)
    _title(workbench, view)
    if not view.sums.calls and latest_call(workbench.core.usage, tenant, now) is None:
        _nothing_yet(workbench)
        return
    _filters(workbench, view)
    _live_figures(workbench, view)
    if not view.sums.calls:
        _nothing_fits(workbench, view)
        return
    _notes(view)
    st.subheader(plain_markdown(costliest_day(view.days)), anchor=False)
    figure = days_figure(view.days, read_stack(workbench.core.usage, view))
    chart(figure, height=560, key="usage_days", alt=days_alt(view.days))
    st.caption("Days begin at midnight UTC.")
    show_breakdown(view)
    show_calls(workbench, view)


def _title(workbench: Workbench, view: UsageView) -> None:
    tenant, wanted = view.wanted.tenant_id, view.wanted
    facts: list[Tag | str] = [DEMO] if tenant == DEMO_TENANT else []
    facts += [SIMULATED] if view.real.calls < view.sums.calls else []
    if view.sums.calls:
        facts += [plural(view.sums.calls, "call"), f"{view.choice.first:%-d %b} to {view.choice.last:%-d %b %Y}"]
        facts.append(f"checked for new calls every {_REFRESH_SECONDS} s")
    with page_title("Usage & cost", facts):
        if view.sums.calls:
            st.download_button(
                "Export CSV",
                lambda: workbench.core.usage.export_csv(wanted),
                file_name=f"usage-{view.choice.first}-{view.choice.last}.csv",
                mime="text/csv",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
            )


def _filters(workbench: Workbench, view: UsageView) -> None:
    options = read_options(workbench.core.usage, view.choice, str(view.wanted.tenant_id), view.read_at)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="usage_filters"):
        show_filters(view.choice, options, view.names, view.read_at.date())
        chosen_tenant(workbench)


@st.fragment(run_every=_REFRESH_SECONDS)
def _live_figures(workbench: Workbench, view: UsageView) -> None:
    """The headline; when a call came since the screen was drawn, everything is drawn anew so that the sums agree."""
    headline = view.headline
    now = utc_now()
    if now - view.read_at > _FRESH:
        headline = workbench.core.usage.headline(usage_filter(view.choice, str(view.wanted.tenant_id), now))
        if headline.now.usage != view.sums or _is_past(view, now.date()):
            st.rerun()
    with st.container(key="quad_usage"):
        for column, figure in zip(st.columns(4), figures(headline), strict=True):
            column.metric(
                figure.label,
                plain_markdown(figure.value),
                figure.delta if isinstance(figure.delta, int | None) else plain_markdown(figure.delta),
                delta_color=figure.colour,
                delta_description=figure.note,
                border=True,
                height="stretch",
            )


@st.fragment(run_every=_REFRESH_SECONDS)
def _await_first_call(workbench: Workbench, tenant: str) -> None:
    if latest_call(workbench.core.usage, tenant, utc_now()) is not None:
        st.rerun()


def _is_past(view: UsageView, today: object) -> bool:
    return view.choice.days != CUSTOM and view.choice.last != today


def _notes(view: UsageView) -> None:
    before = before_words(view.headline, view.choice.period_words())
    simulated = simulated_words(view.sums, view.real)
    sentences = (unknown_words(view.sums), simulated, people_words(view.headline), before)
    text = " ".join(sentence for sentence in sentences if sentence)
    if text:
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


def _nothing_fits(workbench: Workbench, view: UsageView) -> None:
    latest = latest_call(workbench.core.usage, str(view.wanted.tenant_id), view.read_at)
    fact = f"The latest call was on {day(latest.created_at, viewer_zone())}." if latest else ""
    empty_state("No calls fit", f"Nothing was called in this period with these filters. {fact}")
    if view.choice.is_filtered:
        st.button("Reset filters", icon=":material/filter_alt_off:", on_click=lambda: keep(view.choice.unfiltered()))
