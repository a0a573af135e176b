"""The Playground: one message to several models and prompt versions at once, side by side, over many turns."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from coaching_core.errors import WorkbenchError
from evals.bootstrap import Workbench
from pages.components.chrome import SIMULATED, Tag, empty_state, page_title
from pages.components.links import link_to
from pages.components.messages import show_problem
from pages.components.state import set_widget, show_flash
from pages.playground.column_heads import show_heads
from pages.playground.controls import show_actions, show_controls
from pages.playground.desk import BLIND, PROBLEM, TYPED, Desk, open_desk, show
from pages.playground.opening import show_opening
from pages.playground.turns import show_turns
from pages.view_models.playground import composer_words, facts, is_simulated

_COMPOSER = "playground_composer"


def render(workbench: Workbench) -> None:
    """Draw the screen."""
    show_flash()
    problem = PROBLEM.get()
    PROBLEM.clear()
    desk = open_desk(workbench)
    if desk is None:
        page_title("Playground")
        empty_state("No topic yet", "Here several models and prompt versions answer the same message side by side.")
        link_to("Open topics", "topics", icon=":material/topic:")
        return
    _note_what_was_seen(desk)
    simulated: list[Tag | str] = [SIMULATED] if any(is_simulated(c.model) for c in desk.session.columns) else []
    with page_title("Playground", [*simulated, *facts(desk.session, desk.topic, desk.hidden)]):
        show_actions(desk)
    show_controls(desk)
    show_heads(desk)
    if desk.session.turns:
        show_turns(desk)
    else:
        show_opening(desk)
    if problem:
        show_problem(problem)
    _show_composer(desk)


def _show_composer(desk: Desk) -> None:
    if typed := TYPED.get():
        TYPED.clear()
        set_widget(_COMPOSER, typed)
    message = st.chat_input(composer_words(len(desk.session.columns)), key=_COMPOSER)
    if not message:
        return
    try:
        show(desk.service.send(desk.session, str(message)).session)
    except WorkbenchError as error:
        PROBLEM.set(str(error))
        TYPED.set(str(message))
    st.rerun()


def _note_what_was_seen(desk: Desk) -> None:
    """Who has read answers with their names cannot vote blind on them any more."""
    state = BLIND.get()
    if desk.session.turns and not desk.hidden and desk.session.id not in state.seen:
        BLIND.set(replace(state, seen=state.seen | {desk.session.id}))
