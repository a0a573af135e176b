"""Models: which can be asked, what they cost, who answers for what, whose keys are there."""

from __future__ import annotations

import streamlit as st

from coaching_core.models.models import ModelView
from evals.bootstrap import Workbench
from pages.admin.models_add import open_add_dialog
from pages.admin.models_matrix import show_matrix
from pages.admin.models_opened import show_opened
from pages.admin.models_providers import show_providers
from pages.components.address import carried, carry
from pages.components.chrome import SIMULATED, Tag, page_title
from pages.components.messages import show_notice
from pages.components.pick_table import PickTable
from pages.components.state import show_flash
from pages.components.viewer import viewer_zone
from pages.view_models.models import facts_of, model_rows

_column = st.column_config
_PRICE = "USD per million tokens."
_TABLE = PickTable(
    key="models",
    id_field="name",
    alt="Models with their prices and roles",
    columns={
        "label": _column.TextColumn("Model", width=172),
        "provider": _column.TextColumn("Provider", width=108),
        "state": _column.TextColumn("State", width=60),
        "context": _column.NumberColumn("Context", format="%,d", width=80, help="Longest question, tokens."),
        "input": _column.NumberColumn("In, $/M", format="%.3f", width=66, help=f"Fresh input. {_PRICE}"),
        "cached": _column.NumberColumn("Cached, $/M", format="%.3f", width=92, help=f"Input read from cache. {_PRICE}"),
        "write": _column.NumberColumn("Write, $/M", format="%.3f", width=78, help=f"Input written to cache. {_PRICE}"),
        "output": _column.NumberColumn("Out, $/M", format="%.3f", width=72, help=f"Output. {_PRICE}"),
        "price_from": _column.TextColumn("Price from", width=172),
        "roles": _column.TextColumn("Answers for", width=180),
        "abilities": _column.TextColumn("Can", width=220),
    },
)


def render(workbench: Workbench) -> None:
    """Draw the screen."""
    show_flash()
    views, providers = workbench.core.models.overview(), workbench.core.models.providers()
    facts: list[Tag | str] = [] if any(access.source for access in providers) else [SIMULATED]
    with page_title("Models", [*facts, *facts_of(views, providers)]):
        if st.button("Add model", icon=":material/add:"):
            open_add_dialog(workbench)
    show_providers(providers)
    _show_models(workbench, views)
    show_matrix(workbench)


def _show_models(workbench: Workbench, views: tuple[ModelView, ...]) -> None:
    st.subheader("Models", anchor=False)
    zone, chosen = viewer_zone(), carried("model")
    picked = _TABLE.pick(model_rows(views, zone), chosen)
    st.caption(
        "A price holds from its moment on; what calls have cost stays as it was recorded. — means there is no such "
        "price, or it is not known: a call whose price is not known has no cost, never $0. Choose a model to change it."
    )
    if picked != chosen:
        carry(model=picked)
    opened = next((view for view in views if view.info.name == picked), None)
    if opened is not None:
        show_opened(workbench, opened)
    elif picked is not None:
        show_notice(f"There is no model “{picked}” in the list. Choose one above, or add it.")
