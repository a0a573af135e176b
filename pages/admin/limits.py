"""Limits & budgets: what may be spent, how far it is, and what happens at the cap."""

from __future__ import annotations

import streamlit as st

from evals.bootstrap import Workbench
from pages.admin.limits_add import offer_presets, open_add_dialog
from pages.admin.limits_opened import offer_undo, show_opened
from pages.components.address import carried, carry
from pages.components.chrome import empty_state, page_title
from pages.components.messages import show_notice
from pages.components.pick_table import PickTable
from pages.components.state import show_flash
from pages.components.viewer import viewer_zone
from pages.view_models.limits import facts_of, limit_rows

_column = st.column_config
_TABLE = PickTable(
    key="limits",
    id_field="id",
    alt="Limits with how far they are used",
    columns={
        "name": _column.TextColumn("Limit", width=200),
        "state": _column.TextColumn("State", width=100),
        "percent": _column.ProgressColumn("Used, %", min_value=0, max_value=100, format="%d", width=100),
        "used": _column.TextColumn("Used and held", width=205),
        "counts": _column.TextColumn("Counts", width=120),
        "at_the_cap": _column.TextColumn("What it does", width=105),
        "resets": _column.TextColumn("Starts anew", width=100),
        "changed": _column.TextColumn("Set by", width=160),
    },
)


def render(workbench: Workbench) -> None:
    """Draw the screen."""
    show_flash()
    service = workbench.core.limits
    stored, headroom = service.list(), service.headroom()
    with page_title("Limits & budgets", facts_of(stored, headroom) if stored else ()):
        if st.button("Add limit", icon=":material/add:", type="primary" if stored else "secondary"):
            open_add_dialog(workbench)
    offer_undo(workbench)
    if not stored:
        _show_nothing_yet(workbench)
        return
    chosen = carried("limit")
    picked = _TABLE.pick(limit_rows(stored, headroom, viewer_zone()), chosen)
    st.caption(
        "Of a limit for each tenant, user, provider or model, the one that used most is shown. What calls under way "
        "may take is held until they end, and counts. Choose a limit to change it."
    )
    if picked != chosen:
        carry(limit=picked)
    opened = next((one for one in stored if one.limit.id == picked), None)
    if opened is not None:
        show_opened(workbench, opened, [room for room in headroom if room.limit.id == picked])
    elif picked is not None:
        show_notice("This limit is not there any more. Choose one above, or add it.")


def _show_nothing_yet(workbench: Workbench) -> None:
    empty_state(
        "No limits yet",
        "Here stands what a tenant, a user, a provider or a model may take: in money, tokens, turns or streams. "
        "A call that does not fit is refused before it is sent, with the moment when the limit starts anew.",
    )
    offer_presets(workbench)
