"""The Diff view: any two versions, down to words, with parameters and settings."""

from __future__ import annotations

import streamlit as st

from coaching_core.prompts.diff import VersionDiff, diff_versions
from coaching_core.prompts.models import TopicVersion
from pages.components.chrome import empty_state
from pages.components.diff_table import Heads, count_line_html, diff_table, fields_table
from pages.components.messages import WIDEST
from pages.components.state import set_widget, widget_value
from pages.prompts.editor_desk import Desk, move
from pages.view_models.diff import count_line, declared_names, field_rows, prompt_name
from pages.view_models.editing import Working
from pages.view_models.place import Place, prompt_types, version_label

_ONE_COLUMN = "editor_one_column"


def show_diff(desk: Desk) -> Working:
    """Two versions against each other; the edits under way are not touched."""
    place, working = desk.place, desk.working
    if len(desk.versions) == 1:
        empty_state("Only one version", "What changed appears here as soon as a second version is saved.")
        return working
    _version_selects(desk)
    old, new = desk.version(place.old), desk.version(place.new)
    if old.number == new.number:
        st.info(f"This is v{new.number} against itself. Choose two versions that differ.", width=WIDEST)
        return working
    types = prompt_types(desk.workbench.core.settings.prompt_types, old.prompts, new.prompts)
    prompt_type = place.prompt_type if place.prompt_type in types else types[0]
    diff = diff_versions(old, new)
    heads = desk.heads(old.number, new.number)
    show_prompt_diff(diff, (old, new), prompt_type, heads, place.one_column)
    show_field_diff(diff, heads)
    return working


def _version_selects(desk: Desk) -> None:
    place = desk.place
    labels = {each.number: version_label(desk.topic, each) for each in desk.versions}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for label, key, field in (("From", "editor_from", "old"), ("To", "editor_to", "new")):
            set_widget(key, getattr(place, field))
            st.selectbox(
                label,
                list(labels),
                format_func=lambda number: labels.get(number, f"v{number}"),
                key=key,
                width=215,
                on_change=_choose_version,
                args=(place, field, key),
            )
        set_widget(_ONE_COLUMN, place.one_column)
        st.toggle(
            "One column",
            key=_ONE_COLUMN,
            on_change=lambda: move(place, one_column=bool(widget_value(_ONE_COLUMN))),
        )


def _choose_version(place: Place, field: str, key: str) -> None:
    move(place, **{field: widget_value(key)})


def show_prompt_diff(
    diff: VersionDiff, sides: tuple[TopicVersion, TopicVersion], prompt_type: str, heads: Heads, one_column: bool
) -> None:
    """One prompt's lines and the count below them."""
    text, (old, new) = diff.prompts[prompt_type], sides
    if prompt_type in diff.added_prompts:
        st.caption(f"{heads.old} has no {prompt_type} prompt.")
    if prompt_type in diff.removed_prompts:
        st.caption(f"{heads.new} has no {prompt_type} prompt.")
    st.html(diff_table(text, heads, one_column))
    line = count_line(text, old.prompts.get(prompt_type, ""), new.prompts.get(prompt_type, ""), declared_names(new))
    st.html(count_line_html(line))


def show_field_diff(diff: VersionDiff, heads: Heads) -> None:
    """Changed parameters and settings, in the same form."""
    st.subheader("Parameters and settings", anchor=False)
    if not diff.parameters and not diff.settings:
        st.caption("No parameter and no setting differs.")
    if diff.parameters:
        st.html(fields_table("Parameter", field_rows(diff.parameters), heads))
    if diff.settings:
        st.html(fields_table("Setting", field_rows(diff.settings), heads))


def show_whole_diff(old: TopicVersion | None, new: TopicVersion, heads: Heads, one_column: bool = False) -> VersionDiff:
    """Everything that differs: each changed prompt, then parameters and settings. For reviews and dialogs."""
    diff = diff_versions(old, new)
    before = old or new.model_copy(update={"prompts": {}})
    for prompt_type, text in diff.prompts.items():
        if not text.is_empty or prompt_type in (*diff.added_prompts, *diff.removed_prompts):
            st.subheader(f"{prompt_name(prompt_type)} prompt", anchor=False)
            show_prompt_diff(diff, (before, new), prompt_type, heads, one_column)
    show_field_diff(diff, heads)
    return diff
