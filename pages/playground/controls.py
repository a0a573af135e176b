"""The Playground's title actions and the row below them: topic, parameters, conversations."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from coaching_core.playground.models import SessionSummary
from coaching_core.playground.service import MOST_COLUMNS
from pages.components.state import set_widget, widget_value
from pages.components.viewer import viewer_zone
from pages.playground.desk import BLIND, Desk, attempt, begin, show
from pages.playground.parameters import show_parameters
from pages.view_models.playground_setup import next_column
from pages.view_models.words import moment, plural

_OPENING_LENGTH = 60


def show_actions(desk: Desk) -> None:
    """Blind mode and one column more."""
    set_widget("playground_blind_toggle", BLIND.get().on)
    st.toggle(
        "Blind",
        key="playground_blind_toggle",
        help="Hides names, cost and speed and shuffles the columns until you have voted.",
        disabled=len(desk.session.columns) == 1,
        on_change=lambda: BLIND.set(replace(BLIND.get(), on=bool(widget_value("playground_blind_toggle")))),
    )
    full = len(desk.session.columns) >= MOST_COLUMNS
    st.button(
        "Add column",
        icon=":material/add:",
        disabled=full or desk.live is not None,
        help=f"There is room for {MOST_COLUMNS} columns." if full else None,
        on_click=attempt,
        args=(lambda: _add_column(desk),),
    )


def show_controls(desk: Desk) -> None:
    """Topic, parameters, and the way to other conversations."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="playground_controls"):
        _topic_select(desk)
        with st.popover("Parameters", icon=":material/tune:"):
            show_parameters(desk)
        _conversations(desk)
        st.button(
            "New conversation",
            icon=":material/add_comment:",
            disabled=not desk.session.turns,
            on_click=attempt,
            args=(lambda: _start_afresh(desk),),
        )


def _topic_select(desk: Desk) -> None:
    topics = desk.topics
    set_widget("playground_topic", desk.topic.topic_id)
    st.selectbox(
        "Topic",
        list(topics),
        format_func=lambda name: topics[name].name + ("" if topics[name].is_active else " (inactive)"),
        key="playground_topic",
        width=240,
        help="Another topic begins a new conversation; this one is kept." if desk.session.turns else None,
        on_change=attempt,
        args=(lambda: begin(desk.workbench, topics[str(widget_value("playground_topic"))], {}),),
    )


def _conversations(desk: Desk) -> None:
    with st.popover("Conversations", icon=":material/history:"):
        kept = [each for each in desk.service.latest(desk.session.tenant_id) if each.id != desk.session.id]
        if not kept:
            st.caption("Every conversation is kept here once something was said in it.")
        for each in kept:
            with st.container(gap=None):
                _conversation(desk, each)


def _conversation(desk: Desk, each: SessionSummary) -> None:
    opening = " ".join(each.opening.split())
    cut = opening if len(opening) <= _OPENING_LENGTH else opening[:_OPENING_LENGTH].rstrip() + "…"
    st.button(
        _plain(cut),
        key=f"open_{each.id}",
        type="tertiary",
        icon=":material/forum:",
        help="Open this conversation",
        on_click=attempt,
        args=(lambda: show(desk.service.load(desk.session.tenant_id, each.id)),),
    )
    topic = desk.topics[each.topic_id].name if each.topic_id in desk.topics else each.topic_id
    st.caption(f"{topic}, {plural(each.turns, 'turn')}, {moment(each.updated_at, viewer_zone())}")


def _plain(text: str) -> str:
    """A button's label takes Markdown; a person's words are none."""
    return "".join("\\" + letter if letter in "\\`*_[]<>$~:#|!" else letter for letter in text)


def _add_column(desk: Desk) -> None:
    model, version = next_column(desk.session, list(desk.models.values()))
    desk.arrange((*desk.session.columns, desk.service.new_column(model, version)))


def _start_afresh(desk: Desk) -> None:
    """Same topic, columns and parameters; nothing said."""
    show(desk.service.branch(desk.session, 0))
