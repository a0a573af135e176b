"""The history of a topic: who saved what and why; from here old versions are compared and rolled back to."""

from __future__ import annotations

import html

import streamlit as st

from coaching_core.prompts.models import TopicVersion
from pages.components.chrome import Tag, tag
from pages.components.links import go
from pages.components.state import Slot, widget_value
from pages.components.viewer import viewer_zone
from pages.prompts.editor_desk import Desk, move
from pages.prompts.editor_publish import roll_back
from pages.view_models.place import version_tag
from pages.view_models.words import moment

_FIRST_SHOWN = 6
_SHOW_ALL: Slot[str] = Slot("editor_history_of", "")
_PUBLISHED, _BEFORE, _NEWEST = "Compare with published", "Compare with the one before", "Compare with newest"
_TRY, _ROLL_BACK = "Try in playground", "Roll back to this version"


def show_history(desk: Desk) -> None:
    """All versions, newest first; those in view are marked."""
    st.subheader("History", anchor=False)
    whole = _SHOW_ALL.get() == desk.topic.topic_id
    shown = desk.versions if whole else desk.versions[:_FIRST_SHOWN]
    marked = (desk.place.old, desk.place.new) if desk.place.view == "diff" else (desk.working.base.number,)
    with st.container(gap=None, key="editor_history"):
        for version in shown:
            _row(desk, version, version.number in marked)
    hidden = len(desk.versions) - len(shown)
    if hidden and st.button(f"Show {hidden} older", icon=":material/expand_more:", type="tertiary"):
        _SHOW_ALL.set(desk.topic.topic_id)
        st.rerun()


def _row(desk: Desk, version: TopicVersion, marked: bool) -> None:
    number = version.number
    with st.container(key=f"hist_{number}", gap=None):
        st.html(_row_html(desk, version, marked))
        key = f"history_menu_{number}"
        chosen = st.menu_button(
            f"Actions for v{number}",
            _choices(desk, number),
            icon=":material/more_vert:",
            type="tertiary",
            key=key,
            help="Compare, try, roll back",
            on_click=_compare,
            args=(desk, number, key),
        )
    if chosen == _TRY:
        go("playground", {"topic": desk.topic.topic_id, "versions": str(number)})
    if chosen == _ROLL_BACK:
        roll_back(desk, number)


def _choices(desk: Desk, number: int) -> list[str]:
    published, latest = desk.topic.published_version, desk.newest.number
    there = {
        _PUBLISHED: published not in (None, number),
        _BEFORE: number > 1,
        _NEWEST: number < latest,
        _TRY: True,
        _ROLL_BACK: number != published and number < latest,
    }
    return [choice for choice, offered in there.items() if offered]


def _compare(desk: Desk, number: int, key: str) -> None:
    pairs = {
        _PUBLISHED: (desk.topic.published_version or number, number),
        _BEFORE: (number - 1, number),
        _NEWEST: (number, desk.newest.number),
    }
    pair = pairs.get(str(widget_value(key)))
    if pair:
        move(desk.place, view="diff", old=pair[0], new=pair[1])


def _row_html(desk: Desk, version: TopicVersion, marked: bool) -> str:
    word = version_tag(desk.topic, version.number)
    tags = {"published": tag(Tag("Published")), "draft": tag(Tag("Draft", "live"))}.get(word, "")
    classes = " ".join(name for name, on in (("sel", marked), ("pub", word == "published")) if on)
    when = moment(version.created_at, viewer_zone())
    who = f'{html.escape(version.author)}, <span class="one">{when}</span>'
    return (
        f'<div class="cw cw-version {classes}"><span class="mono">v{version.number}</span>'
        f"<span>{html.escape(version.message)} {tags}</span><span></span>"
        f'<span class="s m">{who}</span></div>'
    )
