"""The blind vote: which answer was best, before one knows whose it is."""

from __future__ import annotations

import html
from dataclasses import replace

import streamlit as st

from pages.playground.desk import BLIND, Desk
from pages.view_models.playground import NO_DIFFERENCE, Vote, complete_words, vote_words


def show_vote(desk: Desk) -> None:
    """The question and its buttons while names are hidden; afterwards what it came to."""
    state = BLIND.get()
    if not state.on or len(desk.session.columns) == 1:
        return
    vote = state.votes.get(desk.session.id)
    with st.container(border=True, key="vote_card", horizontal=True, vertical_alignment="center", gap="medium"):
        if vote is not None:
            said = "Names stay shown in this conversation. Start a new one to vote again."
            st.html(_words(vote_words(vote, desk.heads), said), width="stretch")
            return
        st.html(_words(f"Which answer coaches best in turn {len(desk.session.turns)}?", _below(desk)), width="stretch")
        _show_buttons(desk)


def _show_buttons(desk: Desk) -> None:
    waiting = desk.live is not None or not any(reply.text for reply in desk.session.turns[-1].replies.values())
    with st.container(horizontal=True, gap="xsmall", width="content"):
        for head in desk.heads:
            st.button(
                f"{head.letter} is best",
                key=f"vote_{head.letter}",
                disabled=waiting,
                on_click=_cast,
                args=(desk, head.column.id),
            )
        st.button("No difference", key="vote_none", disabled=waiting, on_click=_cast, args=(desk, NO_DIFFERENCE))


def _cast(desk: Desk, choice: str) -> None:
    state = BLIND.get()
    vote = Vote(len(desk.session.turns), choice)
    BLIND.set(replace(state, votes={**state.votes, desk.session.id: vote}))


def _below(desk: Desk) -> str:
    if desk.live is not None:
        return complete_words(len(desk.session.columns))
    if desk.session.id in BLIND.get().seen:
        return "You have read answers of this conversation with their names. A new one would be blind."
    return "Names, cost and speed show after your vote."


def _words(title: str, below: str) -> str:
    return f'<div class="cw"><b>{html.escape(title)}</b><p class="s m">{html.escape(below)}</p></div>'
