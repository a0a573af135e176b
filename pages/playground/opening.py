"""A conversation in which nothing was said yet."""

from __future__ import annotations

import streamlit as st

from pages.components.chrome import empty_state
from pages.playground.desk import TYPED, Desk, attempt, show
from pages.playground.turns import message_html
from pages.view_models.words import plural


def show_opening(desk: Desk) -> None:
    """What happens here, and the topic's own first message when it has one."""
    columns = len(desk.session.columns)
    empty_state(
        "Nothing said yet",
        "Type a message below."
        if columns == 1
        else f"Type a message below. It goes to {'both' if columns == 2 else 'all'} columns; each answers with its own "
        "model, its own prompt version and its own history.",
    )
    prompts = desk.service.opening(desk.session)
    if prompts:
        _show_user_prompt(desk, prompts)


def _show_user_prompt(desk: Desk, prompts: dict[str, str]) -> None:
    first, kinds = next(iter(prompts.values())), len(set(prompts.values()))
    with st.container(border=True, key="playground_opening"):
        title = "The user prompt of this topic, filled in"
        if kinds > 1:
            title += f"; {plural(kinds, 'version')} differ, each column gets its own"
        st.html(message_html(title, first))
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            single = desk.topic.topic_type == "single_shot"
            st.button(
                "Open with the user prompt",
                icon=":material/play_arrow:",
                type="primary" if single else "secondary",
                on_click=attempt,
                args=(lambda: show(desk.service.send(desk.session, first, prompts).session),),
            )
            st.button(
                "Edit it first",
                icon=":material/edit:",
                type="tertiary",
                help="Puts it into the message field. What you send then goes to all columns alike.",
                on_click=lambda: TYPED.set(first),
            )
