"""A table in which a person picks one row; what is picked stays right when rows are filtered or arrive."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.components.state import set_widget, widget_value
from pages.view_models.words import DASH

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

ROW_HEIGHT = 34
_HEAD_HEIGHT = 36


@dataclass(frozen=True, slots=True)
class PickTable:
    """What a table is, apart from its rows.

    Attributes:
        key: Of the widget; the rows' ids are added to it, because a selection is kept by place.
        id_field: The field of a row that tells it from the others.
        columns: Field to its ``st.column_config``; fields that are not named are not shown.
        alt: What the table holds, for those who cannot see it.
        most_rows: Rows shown before the table scrolls.
    """

    key: str
    id_field: str
    columns: Mapping[str, Any]
    alt: str
    most_rows: int = 12

    def pick(self, rows: Sequence[DataclassInstance], chosen: str | None) -> str | None:
        """Draw the rows and return the id of the picked one.

        Args:
            rows: In the order to be shown.
            chosen: What a link or another button has chosen; kept when no row of the table has it.
        """
        ids = self._ids(rows)
        key = self._key(ids)
        at: Any = _selection([ids.index(chosen)] if chosen in ids else [])
        shown = st.dataframe(
            [asdict(row) for row in rows],
            key=key,
            height=_HEAD_HEIGHT + ROW_HEIGHT * max(1, min(len(rows), self.most_rows)),
            row_height=ROW_HEIGHT,
            hide_index=True,
            column_order=tuple(self.columns),
            column_config=dict(self.columns),
            on_select=partial(_row_of_cell, key),
            selection_mode=["single-row", "single-cell"],
            selection_default=at,
            placeholder=DASH,
            alt=self.alt,
        )
        picked: Sequence[int] = shown["selection"]["rows"]
        if picked and picked[0] < len(ids):
            return ids[picked[0]]
        return None if chosen in ids else chosen

    def move_to(self, rows: Sequence[DataclassInstance], row_id: str) -> None:
        """Pick a row from a callback."""
        ids = self._ids(rows)
        set_widget(self._key(ids), _selection([ids.index(row_id)]))

    def _ids(self, rows: Sequence[DataclassInstance]) -> list[str]:
        return [str(getattr(row, self.id_field)) for row in rows]

    def _key(self, ids: Sequence[str]) -> str:
        return f"{self.key}_{zlib.crc32('|'.join(ids).encode())}"


def _selection(rows: Sequence[int]) -> dict[str, dict[str, list[Any]]]:
    return {"selection": {"rows": list(rows), "columns": [], "cells": []}}


def _row_of_cell(key: str) -> None:
    """A click anywhere in a row picks the row."""
    held: Any = widget_value(key)
    cells = held["selection"]["cells"] if held else []
    if cells:
        set_widget(key, _selection([cells[0][0]]))
