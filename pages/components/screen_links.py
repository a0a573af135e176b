"""Ways from one screen to another, with what the link should carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st


def go(screen: str, query: Mapping[str, str] | None = None) -> NoReturn:
    """Open another screen now.

    Args:
        screen: Its URL path, e.g. ``editor``.
        query: What the address carries.
    """
    st.switch_page(_page(screen), query_params=dict(query or {}))


def link_to(label: str, screen: str, query: Mapping[str, str] | None = None, icon: str | None = None) -> None:
    """A link to another screen.

    Args:
        label: Verb and object.
        screen: Its URL path, e.g. ``playground``.
        query: What the address carries.
        icon: A Material icon.
    """
    st.page_link(_page(screen), label=label, icon=icon, query_params=dict(query or {}))


def address_of(query: Mapping[str, str]) -> str:
    """The whole address of this screen with another query, to be sent to somebody."""
    parts = urlsplit(st.context.url or "")
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))


def _page(screen: str) -> st.Page:
    return st.Page(_nothing, title=screen, url_path=screen)


def _nothing() -> None:
    """Stands for a screen in a link: the navigation knows it by its path."""
