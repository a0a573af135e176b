"""What the address of a screen carries, so that it can be sent to somebody."""

from __future__ import annotations

import streamlit as st

_KEPT = "data"
"""Whose data is shown stays, whatever else changes."""


def carried(name: str) -> str | None:
    """What the address says for a name; None when it says nothing."""
    return st.query_params.get(name) or None


def carried_number(name: str) -> int | None:
    """The same as a whole number; None when it is none."""
    value = carried(name)
    return int(value) if value is not None and value.isascii() and value.isdigit() and len(value) < 10 else None


def carry(**values: str | None) -> None:
    """Make the address say so; None takes a name out. Names that are not given stay."""
    for name, value in values.items():
        if value is None:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != value:
            st.query_params[name] = value


def carry_only(**values: str) -> None:
    """Make the address say this and nothing else, except whose data is shown."""
    kept = st.query_params.get(_KEPT)
    st.query_params.from_dict(values | ({_KEPT: kept} if kept else {}))
