"""What every screen has: the look, the title row, tags, empty states, and errors in words."""

from __future__ import annotations

import html
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from coaching_core.errors import WorkbenchError

_log = logging.getLogger(__name__)

TagKind = Literal["", "better", "worse", "warn", "live", "demo"]


@dataclass(frozen=True, slots=True)
class Tag:
    """A small label. ``demo`` (violet, dashed) means "not real" and nothing else."""

    text: str
    kind: TagKind = ""


STATIC = Path(__file__).resolve().parent.parent / "static"
"""Fonts, logo and icon; served from this machine."""

SIMULATED = Tag("Simulated models", "demo")
DEMO = Tag("Demo data", "demo")


@cache
def _style() -> str:
    return f"<style>{Path(__file__).with_name('workbench.css').read_text(encoding='utf-8')}</style>"


def apply_look() -> None:
    """Our style sheet, and the colour scheme for places outside the app's own root (dialogs)."""
    scheme = "dark" if st.context.theme.type == "dark" else "light"
    st.html(_style())
    st.html(f"<style>:root{{color-scheme:{scheme}}}</style>")


def tag(item: Tag) -> str:
    """A tag as HTML, escaped."""
    return f'<span class="cw-tag {item.kind}">{html.escape(item.text)}</span>'


def page_title(title: str, facts: Sequence[Tag | str] = ()) -> DeltaGenerator:
    """The title row: title, one line of facts below it, and room for actions at the right.

    Returns:
        A horizontal container at the right for buttons (one primary at most).
    """
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute", gap="medium"):
        line = "".join(tag(fact) if isinstance(fact, Tag) else f"<span>{html.escape(fact)}</span>" for fact in facts)
        head = f"<h1>{html.escape(title)}</h1>"
        st.html(f'<div class="cw-title">{head}<div class="sub">{line}</div></div>', width="stretch")
        return st.container(
            horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small", width="content"
        )


def empty_state(title: str, text: str) -> None:
    """What would be here and one fact that helps; put the next step's button below it."""
    head = f"<h2>{html.escape(title)}</h2>"
    st.html(f'<div class="cw-empty">{head}<div class="cw"><p>{html.escape(text)}</p></div></div>')


@contextmanager
def guarded() -> Iterator[None]:
    """Show what happened in words, never a traceback."""
    try:
        yield
    except WorkbenchError as error:
        st.error(str(error), width=760)
    except Exception:  # noqa: BLE001 - logged whole; the person gets words
        _log.exception("a screen failed")
        st.error("Something went wrong on this screen. Nothing was changed; the log has the details.", width=760)
