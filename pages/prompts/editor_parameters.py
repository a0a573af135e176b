"""The parameters of a topic as a table that people edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st
from streamlit.column_config import CheckboxColumn, SelectboxColumn, TextColumn

from coaching_core.errors import InvalidPromptError
from pages.components.messages import show_problem
from pages.components.state import Slot, widget_value
from pages.prompts.editor_desk import change_working
from pages.view_models.editing import Working
from pages.view_models.parameter_rows import (
    TYPES,
    ParameterRow,
    cells_of,
    parameters_from,
    rows_after,
    rows_from_cells,
)

_COLUMNS = {
    "name": TextColumn("Name", width=150, required=True, help="Prompts say {{name}}: a to z, digits and _."),
    "type": SelectboxColumn("Type", options=list(TYPES), width=90, required=True, default="string"),
    "required": CheckboxColumn("Required", width=104, default=False),
    "default": TextColumn("Default", width=130, help="Used when no value is given. Text as it is, the rest as JSON."),
    "description": TextColumn("Description", width=220),
    "example": TextColumn("Example", width=180, help="Shown to people and used for previews."),
    "rule": TextColumn("Rule", width=180, help='JSON, e.g. {"type": "range", "minimum": 1, "maximum": 10}.'),
}


def edit_parameters(topic_id: str, working: Working) -> Working:
    """The table; returns the edits with the rows as they are now."""
    st.subheader("Parameters", anchor=False)
    key = f"editor_parameters_{topic_id}_{working.revision}"
    given = _given(key)
    if widget_value(key) is None:
        given.set(working.rows)
    table = pd.DataFrame(cells_of(given.get()), columns=list(_COLUMNS)).astype(object)
    edited = st.data_editor(
        table,
        key=key,
        num_rows="dynamic",
        hide_index=True,
        column_config=_COLUMNS,
        row_height=34,
        placeholder="—",
        alt="Parameters of the prompts",
        on_change=_edited,
        args=(topic_id, key),
    )
    rows = rows_from_cells(edited.to_dict("records"))
    _say_what_is_wrong(rows)
    return replace(working, rows=rows)


def _given(key: str) -> Slot[tuple[ParameterRow, ...]]:
    """What the table was given when it was first drawn: its edits count from there."""
    return Slot(f"{key}_given", ())


def _edited(topic_id: str, key: str) -> None:
    edits = widget_value(key)
    if isinstance(edits, Mapping):
        rows = rows_after(_given(key).get(), edits)
        change_working(topic_id, lambda working: replace(working, rows=rows))


def _say_what_is_wrong(rows: tuple[ParameterRow, ...]) -> None:
    try:
        parameters_from(rows)
    except InvalidPromptError as error:
        show_problem(error)
