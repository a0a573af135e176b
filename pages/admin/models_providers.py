"""Whose keys are there; never a key."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from coaching_core.models.models import ProviderAccess
from pages.components.chrome import Tag, tag
from pages.view_models.models import key_in_words, provider_name
from pages.view_models.words import DASH


def show_providers(providers: Sequence[ProviderAccess]) -> None:
    """A line for each provider: key present or not, where it is looked for."""
    st.subheader("Providers and keys", anchor=False)
    rows = "".join(_row(access) for access in providers)
    head = "<tr><th>Provider</th><th>Key</th><th>Looked for as</th><th>To do</th><th class='n'>Models</th></tr>"
    table = f'<table class="cw-table"><thead>{head}</thead><tbody>{rows}</tbody></table>'
    st.html(f'<div class="cw-scroll">{table}</div>')
    st.caption(
        "Keys are read at the start, from the environment or a .env file, else from AWS Secrets Manager when "
        "SECRETS_MANAGER_ID names a secret. They are never stored or shown."
    )


def _row(access: ProviderAccess) -> str:
    key = Tag(key_in_words(access), "better" if access.source else "warn")
    cells = (
        f"<td>{html.escape(provider_name(access.provider))}</td>",
        f"<td>{tag(key)}</td>",
        f'<td class="m">{html.escape(access.variable or DASH)}</td>',
        f'<td class="m">{html.escape(access.missing or DASH)}</td>',
        f'<td class="n">{access.models}</td>',
    )
    return f"<tr>{''.join(cells)}</tr>"
