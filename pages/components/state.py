"""The only module that touches ``st.session_state``: typed slots that screens keep things in between reruns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar, cast

import streamlit as st

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Slot(Generic[T]):
    """A named place for one value of one type. The value's class must live in an imported module."""

    name: str
    default: T

    def get(self) -> T:
        """The value kept, or the default."""
        return cast("T", st.session_state.get(self.name, self.default))

    def set(self, value: T) -> None:
        """Keep a value."""
        st.session_state[self.name] = value

    def clear(self) -> None:
        """Forget the value."""
        st.session_state.pop(self.name, None)


def widget_value(key: str) -> object:
    """What a widget with this key holds now; None before it was drawn."""
    return st.session_state.get(key)


def set_widget(key: str, value: object) -> None:
    """Give a widget a value. Only before it is drawn, or from a callback."""
    st.session_state[key] = value


def flash(message: str) -> None:
    """Say something once, after the next rerun."""
    st.session_state["flash"] = message


def show_flash() -> None:
    """Say what :func:`flash` was given, once."""
    message = st.session_state.pop("flash", None)
    if message is not None:
        st.toast(message)
