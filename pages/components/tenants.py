"""Whose data a screen shows: one's own, or the demo's while it is loaded."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from coaching_core.clock import utc_now
from coaching_core.demo.coaching import DEMO_TENANT
from coaching_core.usage.models import UsageFilter
from evals.bootstrap import Workbench
from pages.components.state import Slot, set_widget, widget_value

_LONG_AGO = timedelta(days=3650)
_WIDGET = "tenant_choice"
_CHOSEN: Slot[str | None] = Slot("tenant_chosen", None)


def chosen_tenant(workbench: Workbench, label_visibility: str = "visible") -> str:
    """The tenant whose data the screen shows; draws the choice while the demo is loaded, else nothing.

    Args:
        label_visibility: ``collapsed`` where there is no row of labelled filters.
    """
    tenant = current_tenant(workbench)
    if not workbench.core.demo.is_loaded():
        return tenant
    own = workbench.core.settings.tenant_id
    names = {own: "Yours", DEMO_TENANT: "Demo data"}
    set_widget(_WIDGET, tenant)
    st.segmented_control(
        "Data",
        list(names),
        format_func=lambda key: names.get(key, key),
        key=_WIDGET,
        required=True,
        on_change=lambda: choose_tenant(str(widget_value(_WIDGET))),
        label_visibility="collapsed" if label_visibility == "collapsed" else "visible",
    )
    return tenant


def current_tenant(workbench: Workbench) -> str:
    """The same without drawing anything, for what stands above the choice."""
    own = workbench.core.settings.tenant_id
    if not workbench.core.demo.is_loaded():
        _CHOSEN.clear()
        st.query_params.pop("data", None)
        return own
    asked = DEMO_TENANT if st.query_params.get("data") == "demo" else None
    tenant = asked or _CHOSEN.get() or (own if has_data(workbench, own) else DEMO_TENANT)
    choose_tenant(tenant)
    return tenant


def choose_tenant(tenant: str) -> None:
    """Show this tenant's data from now on, and say so in the address."""
    _CHOSEN.set(tenant)
    if tenant == DEMO_TENANT:
        st.query_params["data"] = "demo"
    else:
        st.query_params.pop("data", None)


def has_data(workbench: Workbench, tenant: str) -> bool:
    """Whether a tenant has any run or any call."""
    if workbench.runs.list(tenant_id=tenant, limit=1):
        return True
    now = utc_now()
    ever = UsageFilter(tenant, now - _LONG_AGO, now + timedelta(days=1))
    return workbench.core.usage.prompt_runs(ever, limit=1).total > 0
