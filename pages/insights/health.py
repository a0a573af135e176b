"""Health: what is wrong now, and the dashboards, rules and history behind it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from coaching_core.clock import utc_now
from coaching_core.demo.coaching import DEMO_TENANT
from coaching_core.health.boards import period
from coaching_core.health.scope import Scope
from evals.bootstrap import Workbench
from pages.components.address import carried, carry
from pages.components.chrome import DEMO, Tag, page_title
from pages.components.state import set_widget, show_flash, widget_value
from pages.components.tenants import chosen_tenant, current_tenant
from pages.insights.health_alerts import show_alerts
from pages.insights.health_boards import show_background, show_chat, show_costs
from pages.insights.health_history import show_history
from pages.insights.health_rules import show_rules
from pages.view_models.health_figures import PERIOD_LABELS, PERIOD_NAMES, PERIODS

REFRESH_SECONDS = 15
_VIEWS = {
    "chat": "Realtime chat",
    "background": "Background work",
    "costs": "Cost & providers",
    "rules": "Rules & webhook",
    "history": "History",
}
_LIVE = ("chat", "background", "costs")
_USUAL_PERIOD = "24h"


def render(workbench: Workbench) -> None:
    """Draw the screen."""
    show_flash()
    view = _carried("view", _VIEWS, "chat")
    facts: list[Tag | str] = [DEMO] if view in _LIVE and current_tenant(workbench) == DEMO_TENANT else []
    page_title("Health", [*facts, f"looked at every {REFRESH_SECONDS} s", "alerts are about the whole workbench"])
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="health_filters"):
        _choice("View", "view", _VIEWS, view)
        if view in _LIVE:
            _choice("Period", "period", PERIOD_LABELS, _carried("period", PERIODS, _USUAL_PERIOD))
            chosen_tenant(workbench)
    if view in _LIVE:
        _live(workbench, view)
        return
    alerts = workbench.core.health.alerts()
    show_alerts(workbench, alerts)
    if view == "rules":
        show_rules(workbench, alerts)
    else:
        show_history(workbench)


@st.fragment(run_every=REFRESH_SECONDS)
def _live(workbench: Workbench, view: str) -> None:
    """Alerts and one dashboard; last on the page, and drawn anew by itself."""
    show_flash()
    show_alerts(workbench, workbench.core.health.alerts())
    chosen = _carried("period", PERIODS, _USUAL_PERIOD)
    scope, words = period(utc_now(), PERIODS[chosen], current_tenant(workbench)), PERIOD_NAMES[chosen]
    boards: dict[str, Callable[[Workbench, Scope], None]] = {"background": show_background, "costs": show_costs}
    if view == "chat":
        show_chat(workbench, scope, words)
    else:
        boards[view](workbench, scope)


def _carried(name: str, known: object, usual: str) -> str:
    value = carried(name)
    return value if value is not None and value in known else usual  # type: ignore[operator]


def _choice(label: str, name: str, options: dict[str, str], chosen: str) -> None:
    key = f"health_{name}"
    set_widget(key, chosen)
    st.segmented_control(
        label,
        list(options),
        format_func=lambda option: options[option],
        key=key,
        required=True,
        on_change=lambda: carry(**{name: str(widget_value(key))}),
    )
