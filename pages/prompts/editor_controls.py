"""The Editor's title row and the row of choices below it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

import streamlit as st

from coaching_core.prompts.diff import diff_versions
from coaching_core.prompts.models import Topic
from pages.components.chrome import Tag, page_title
from pages.components.links import address_of, go
from pages.components.state import set_widget, widget_value
from pages.components.viewer import viewer_zone
from pages.prompts.editor_desk import LAST_TOPIC, Desk, change_working, move
from pages.prompts.editor_publish import change_active
from pages.view_models.diff import changed_lines, prompt_name
from pages.view_models.place import Place, prompt_types, usual_pair
from pages.view_models.topics import spoken
from pages.view_models.words import moment

_VIEW_NAMES = {"edit": "Edit", "diff": "Diff", "preview": "Preview"}


def show_title(desk: Desk) -> None:
    """The topic's name, what readers get and what is a draft; links and the topic's own actions."""
    with page_title(desk.topic.name, _facts(desk)):
        with st.popover("Copy link", icon=":material/link:", type="tertiary"):
            st.caption("This address opens what you see now.")
            st.code(address_of(desk.place.link()), language=None, wrap_lines=True)
        if st.button("Try in playground", icon=":material/view_column:"):
            versions = dict.fromkeys((desk.place.old, desk.place.new))
            go("playground", {"topic": desk.topic.topic_id, "versions": ",".join(map(str, versions))})
        word = "Deactivate topic" if desk.topic.is_active else "Activate topic"
        if st.menu_button("More", [word], key="editor_topic_menu"):
            change_active(desk)


def show_controls(desk: Desk, topics: Sequence[Topic]) -> None:
    """Topic, view and prompt."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="editor_controls"):
        _topic_select(desk.place, topics)
        _view_control(desk.place)
        _prompt_control(desk)


def _facts(desk: Desk) -> list[Tag | str]:
    topic, zone = desk.topic, viewer_zone()
    facts: list[Tag | str] = [] if topic.is_active else [Tag("Inactive", "warn")]
    facts += [Tag("Unsaved edits", "live")] if desk.working.is_dirty else []
    facts.append(spoken(topic.topic_type))
    if topic.published_version is None:
        facts.append("nothing published yet")
    else:
        last = desk.workbench.core.prompts.publications(topic.topic_id)[0]
        facts.append(f"published v{last.number} by {last.published_by}, {_date(last.published_at, zone)}")
    if topic.has_draft:
        newest = desk.newest
        facts.append(f"draft v{newest.number} by {newest.author}, {moment(newest.created_at, zone)}")
    return facts


def _date(value: datetime, zone: tzinfo) -> str:
    return moment(value, zone).partition(",")[0]


def _topic_select(place: Place, topics: Sequence[Topic]) -> None:
    names = {topic.topic_id: topic.name + ("" if topic.is_active else " (inactive)") for topic in topics}
    set_widget("editor_topic", place.topic_id)
    st.selectbox(
        "Topic",
        list(names),
        format_func=lambda topic_id: names.get(topic_id, topic_id),
        key="editor_topic",
        width=230,
        on_change=_choose_topic,
        args=(place, {topic.topic_id: usual_pair(topic) for topic in topics}),
    )


def _choose_topic(place: Place, usual: dict[str, tuple[int, int]]) -> None:
    topic_id = str(widget_value("editor_topic"))
    old, new = usual[topic_id]
    LAST_TOPIC.set(topic_id)
    move(place, topic_id=topic_id, old=old, new=new, prompt_type="system")


def _view_control(place: Place) -> None:
    set_widget("editor_view", place.view)
    st.segmented_control(
        "View",
        list(_VIEW_NAMES),
        format_func=_VIEW_NAMES.__getitem__,
        key="editor_view",
        required=True,
        on_change=lambda: move(place, view=widget_value("editor_view")),
    )


def _prompt_control(desk: Desk) -> None:
    place = desk.place
    types, changed = _types_in_view(desk)
    set_widget("editor_prompt", chosen_type(place, types))

    def name(each: str) -> str:
        return f"{prompt_name(each)} · {changed[each]}" if changed.get(each) else prompt_name(each)

    st.segmented_control(
        "Prompt",
        types,
        format_func=name,
        key="editor_prompt",
        required=True,
        on_change=lambda: move(place, prompt_type=widget_value("editor_prompt")),
        help="The number counts the lines that differ." if place.view == "diff" else None,
    )
    if place.view == "edit":
        _add_prompt(desk, types)


def _add_prompt(desk: Desk, types: Sequence[str]) -> None:
    missing = [each for each in desk.workbench.core.settings.prompt_types if each not in types]
    if missing:
        st.menu_button(
            "Add prompt type",
            missing,
            format_func=prompt_name,
            icon=":material/add:",
            type="tertiary",
            key="editor_add_prompt",
            on_click=_added,
            args=(desk,),
        )


def _added(desk: Desk) -> None:
    prompt_type = str(widget_value("editor_add_prompt"))
    change_working(desk.topic.topic_id, lambda working: working.with_prompt(prompt_type, ""))
    move(desk.place, prompt_type=prompt_type)


def _types_in_view(desk: Desk) -> tuple[tuple[str, ...], dict[str, int]]:
    known, place = desk.workbench.core.settings.prompt_types, desk.place
    if place.view != "diff":
        return prompt_types(known, desk.working.prompts), {}
    old, new = desk.version(place.old), desk.version(place.new)
    lines = {each: changed_lines(text) for each, text in diff_versions(old, new).prompts.items()}
    return prompt_types(known, old.prompts, new.prompts), lines


def chosen_type(place: Place, types: Sequence[str]) -> str:
    """The prompt in view: the one the address names, or the first there is."""
    return place.prompt_type if place.prompt_type in types else next(iter(types), "system")
