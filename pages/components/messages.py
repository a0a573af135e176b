"""Messages from the services as they were written: nothing in them is taken for Markdown."""

from __future__ import annotations

import re

import streamlit as st

WIDEST = 760
_SPECIAL = re.compile(r"([\\`*_\[\]<>$~:#|])")


def plain_markdown(text: str) -> str:
    """A text that Markdown shows as it stands, lines kept apart."""
    return _SPECIAL.sub(r"\\\1", text).replace("\n", "\n\n")


def show_problem(problem: Exception | str) -> None:
    """What happened and what to do, near where it happened."""
    st.error(plain_markdown(str(problem)), width=WIDEST)


def show_notice(text: str) -> None:
    """Something to know before going on."""
    st.warning(plain_markdown(text), width=WIDEST)
