"""The three dashboards: realtime chat, background work, cost and providers."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from coaching_core.health.scope import Scope
from coaching_core.limits.models import HeadroomState
from evals.bootstrap import Workbench
from pages.components.charts import chart
from pages.components.chrome import empty_state
from pages.components.messages import plain_markdown
from pages.insights.health_charts import chat_chart
from pages.insights.nothing_yet import offer_first_steps
from pages.view_models.health_figures import (
    Target,
    background_cells,
    background_figures,
    batch_words,
    chat_alt,
    chat_figures,
    chat_finding,
    cost_figures,
    model_cells,
)
from pages.view_models.limits import limit_rows
from pages.view_models.words import DASH

_column = st.column_config
_LIMIT_COLUMNS = {
    "name": _column.TextColumn("Limit", width=240),
    "state": _column.TextColumn("State", width=120),
    "share": _column.ProgressColumn("Used", min_value=0.0, max_value=1.0, format="percent", width=140),
    "used": _column.TextColumn("Used and held", width=200),
    "resets": _column.TextColumn("Starts anew", width=120),
}
_MODEL_COLUMNS = {
    "model": _column.TextColumn("Model", width=250),
    "breaker": _column.TextColumn("Breaker now", width=150),
    "calls": _column.NumberColumn("Calls", format="localized", width=80),
    "failed": _column.NumberColumn("Failed attempts, %", format="%.1f", width=130),
    "stood_in": _column.NumberColumn("Stood in", format="localized", width=80),
    "input": _column.NumberColumn("Tokens in", format="localized", width=110),
    "output": _column.NumberColumn("Tokens out", format="localized", width=110),
    "cost": _column.NumberColumn("Cost, $", format="%.4f", width=100),
    "unknown": _column.NumberColumn("Unknown cost", format="localized", width=110),
}
_WORK_COLUMNS = {
    "kind": _column.TextColumn("Work", width=150),
    "model": _column.TextColumn("Model", width=250),
    "rubric": _column.TextColumn("Rubric", width=150),
    "calls": _column.NumberColumn("Calls", format="localized", width=80),
    "failed": _column.NumberColumn("Failed, %", format="%.1f", width=90),
    "p50": _column.NumberColumn("p50, s", format="%.2f", width=80),
    "p95": _column.NumberColumn("p95, s", format="%.2f", width=80),
}


def show_chat(workbench: Workbench, scope: Scope, period: str) -> None:
    """Realtime chat health."""
    board = workbench.core.boards.chat(scope)
    if not board.whole.calls:
        empty_state(
            "No chat in this period",
            "Here stands how long people wait for the first word and for the whole answer, what fails, and what is "
            "tried again. Choose a longer period, or ask a model in the playground.",
        )
        offer_first_steps(workbench)
        return
    show_targets(chat_figures(board.whole))
    st.subheader(plain_markdown(chat_finding(board.whole, period)), anchor=False)
    chart(chat_chart(board.slots), height=520, key="health_chat", alt=chat_alt(board.whole, period))
    st.caption(
        "A turn begins with the call and ends with the last token, so waits, retries and stand-ins count. Times of a "
        "busy process and answers given again are left out. Cancelled turns are no errors."
    )


def show_background(workbench: Workbench, scope: Scope) -> None:
    """Assessments, summaries, analyses."""
    board = workbench.core.boards.background(scope)
    if not board.kinds:
        empty_state(
            "No background work in this period",
            "Here stands how long assessments, summaries and analyses take, and what fails by model and rubric. "
            "Choose a longer period.",
        )
        return
    show_targets(background_figures(board))
    st.subheader("By model and rubric, most failures first", anchor=False)
    _table(background_cells(board.details), _WORK_COLUMNS, "Background work by model and rubric")
    st.caption(
        f"{batch_words(board.batches)} The number of assessments that wait is unknown: there is no queue for them yet. "
        "Cancelled calls and refusals are left out."
    )


def show_costs(workbench: Workbench, scope: Scope) -> None:
    """Tokens and cost by model, stand-ins, breakers, budgets."""
    core = workbench.core
    rows, breakers = core.boards.models(scope), core.gateway.breakers()
    stored, rooms = core.limits.list(), core.limits.headroom()
    near = sum(room.state is not HeadroomState.OK for room in rooms)
    if rows:
        show_targets(cost_figures(rows, near))
        st.subheader("By model, the costliest first", anchor=False)
        _table(model_cells(rows, breakers), _MODEL_COLUMNS, "Models with cost, failures and breakers")
        st.caption(
            "A breaker opens when its model fails too often, and lets a few calls through later to see whether it is "
            f"back; {DASH} was not asked since the start of this process."
        )
    else:
        empty_state("No calls in this period", "Here stand cost, tokens and failures of each model, and its breaker.")
    st.subheader("Budgets", anchor=False)
    if stored:
        _table([_as_cells(row) for row in limit_rows(stored, rooms, None)], _LIMIT_COLUMNS, "Limits and their use")
    else:
        st.caption("No limits are set. Admin, Limits & budgets is the place for them.")


def show_targets(figures: Sequence[Target]) -> None:
    """Four figures, each with its target below."""
    cells = "".join(
        f'<div><span class="m">{html.escape(each.label)}</span><b>{html.escape(each.value)}</b>'
        f'<span class="cw s {each.kind}">{html.escape(each.words)}</span></div>'
        for each in figures
    )
    st.html(f'<div class="cw cw-figures">{cells}</div>')


def _table(cells: Sequence[dict[str, object]], columns: Mapping[str, Any], alt: str) -> None:
    st.dataframe(
        list(cells),
        column_config=dict(columns),
        column_order=tuple(columns),
        hide_index=True,
        row_height=34,
        placeholder=DASH,
        alt=alt,
    )


def _as_cells(row: object) -> dict[str, object]:
    return {name: getattr(row, name) for name in _LIMIT_COLUMNS}
