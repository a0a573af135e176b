"""The size of a text area's text in bytes, counted as the person types."""

from __future__ import annotations

import streamlit as st

_HTML = '<div class="cw s"><span class="m" role="status"></span></div>'
_JS = """
export default function ({ parentElement, data }) {
  const shown = parentElement.querySelector("span");
  const grouped = (number) => String(number).replace(/\\B(?=(\\d{3})+$)/g, "\\u2009");
  const tell = (text) => {
    const size = new TextEncoder().encode(text).length;
    const over = size > data.most ? `, ${grouped(size - data.most)} too many` : "";
    shown.textContent = `${grouped(size)} of ${grouped(data.most)} bytes${over}`;
    shown.className = over ? "down" : "m";
  };
  const typed = ({ target }) => {
    if (target.matches(`.st-key-${CSS.escape(data.key)} textarea`)) tell(target.value);
  };
  tell(data.text);
  document.addEventListener("input", typed);
  return () => document.removeEventListener("input", typed);
}
"""

_live_size = st.components.v2.component("coaching_workbench_live_size", html=_HTML, js=_JS, isolate_styles=False)


def live_size(text_area_key: str, text: str, most: int) -> None:
    """``2 417 of 51 200 bytes``, kept up to date while the person types.

    Args:
        text_area_key: The key of the text area.
        text: What it holds as far as the server knows.
        most: How many bytes are allowed.
    """
    _live_size(key=f"size_of_{text_area_key}", data={"key": text_area_key, "text": text, "most": most})
