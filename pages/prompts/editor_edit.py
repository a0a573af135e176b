"""The Edit view: prompt text, parameters and model settings of the next version."""

from __future__ import annotations

import html
from dataclasses import replace

import streamlit as st

from coaching_core.errors import InvalidPromptError
from coaching_core.prompts.validation import LARGEST_PROMPT_BYTES, LONGEST_MESSAGE, decode_prompt
from pages.components.chrome import Tag, tag
from pages.components.live_size import live_size
from pages.components.messages import show_notice, show_problem
from pages.components.state import Slot, flash, widget_value
from pages.prompts.editor_controls import chosen_type
from pages.prompts.editor_desk import Desk, change_working, working_slot
from pages.prompts.editor_parameters import edit_parameters
from pages.prompts.editor_review import REVIEWING, problem_slot, show_review
from pages.prompts.editor_settings import edit_settings
from pages.view_models.diff import prompt_name
from pages.view_models.editing import Working, check_placeholders, start_working
from pages.view_models.parameter_rows import ParameterRow
from pages.view_models.place import prompt_types

_UPLOAD_PROBLEM: Slot[str] = Slot("editor_upload_problem", "")


def show_edit(desk: Desk) -> Working:
    """The form, or the review of what it would save; returns the edits as they are now."""
    if REVIEWING.get() == desk.topic.topic_id:
        return show_review(desk)
    _say_what_is_under_way(desk)
    working = desk.working
    prompt_type = chosen_type(desk.place, prompt_types(desk.workbench.core.settings.prompt_types, working.prompts))
    if prompt_type in working.prompts:
        working = _prompt(desk, prompt_type)
    working = edit_parameters(desk.topic.topic_id, working)
    working = edit_settings(desk.workbench.core.catalogue, desk.topic.topic_id, working)
    return _save_row(desk, working)


def _say_what_is_under_way(desk: Desk) -> None:
    newest, base = desk.newest, desk.working.base
    if base.number < newest.number:
        show_notice(
            f"{newest.author} saved v{newest.number} while you were editing v{base.number}. Your text is kept; "
            f"the review compares it with v{newest.number}."
        )


def _prompt(desk: Desk, prompt_type: str) -> Working:
    working = desk.working
    key = f"prompt_text_{desk.topic.topic_id}_{prompt_type}_{working.revision}"
    text = st.text_area(
        f"{prompt_name(prompt_type)} prompt",
        working.prompts[prompt_type],
        height=420,
        key=key,
        label_visibility="collapsed",
        placeholder="Write the prompt here. {{name}} stands for a parameter.",
        on_change=_typed,
        args=(desk.topic.topic_id, prompt_type, key),
    )
    working = working.with_prompt(prompt_type, text or "")
    live_size(key, text or "", LARGEST_PROMPT_BYTES)
    _placeholder_facts(text or "", working)
    if problem := _UPLOAD_PROBLEM.get():
        show_problem(problem)
        _UPLOAD_PROBLEM.clear()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _upload(desk, prompt_type)
        _remove_button(desk.topic.topic_id, prompt_type, len(working.prompts) > 1)
    return working


def _remove_button(topic_id: str, prompt_type: str, offered: bool) -> None:
    if offered:
        st.button(
            "Remove prompt",
            icon=":material/delete:",
            type="tertiary",
            on_click=_remove,
            args=(topic_id, prompt_type),
            help=f"The next version has no {prompt_type} prompt.",
        )


def _typed(topic_id: str, prompt_type: str, key: str) -> None:
    """Keep the text even when the same click leads to where the text area is not drawn."""
    change_working(topic_id, lambda working: working.with_prompt(prompt_type, str(widget_value(key) or "")))


def _placeholder_facts(text: str, working: Working) -> None:
    found = check_placeholders(text, working.rows)
    tags = [tag(Tag(f"{{{{{name}}}}}")) for name in found.declared]
    tags += [tag(Tag(f"{{{{{name}}}}} is not declared", "warn")) for name in found.unknown]
    names = "".join(tags) or '<span class="m">no placeholders</span>'
    st.html(f'<div class="cw cw-count s"><span class="m">Placeholders</span>{names}</div>')
    if found.unknown:
        st.button(
            f"Declare {', '.join(found.unknown[:3])}{' …' if len(found.unknown) > 3 else ''}",
            icon=":material/playlist_add:",
            type="tertiary",
            on_click=_declare,
            args=(working.base.topic_id, found.unknown),
            help="Adds them to the parameters below.",
        )


def _declare(topic_id: str, names: tuple[str, ...]) -> None:
    added = tuple(ParameterRow(name) for name in names)
    change_working(topic_id, lambda working: replace(working, rows=(*working.rows, *added)).afresh())


def _upload(desk: Desk, prompt_type: str) -> None:
    key = f"editor_upload_{prompt_type}_{desk.working.revision}"
    with st.popover("Load file", icon=":material/upload_file:", type="tertiary"):
        st.file_uploader(
            "Replace the text by a file, UTF-8, at most 50 KB",
            type=["md", "txt"],
            key=key,
            on_change=_load,
            args=(desk.topic.topic_id, prompt_type, key),
        )


def _load(topic_id: str, prompt_type: str, key: str) -> None:
    _UPLOAD_PROBLEM.clear()
    file, working = widget_value(key), working_slot(topic_id).get()
    if file is None or working is None:
        return
    try:
        text = decode_prompt(file.getvalue())  # type: ignore[attr-defined]
    except InvalidPromptError as error:
        _UPLOAD_PROBLEM.set(str(error))
        return
    working_slot(topic_id).set(working.with_prompt(prompt_type, text.replace("\r\n", "\n")).afresh())
    flash(f"The {html.escape(prompt_type)} prompt now holds the file's text. Nothing is saved yet.")


def _remove(topic_id: str, prompt_type: str) -> None:
    change_working(topic_id, lambda working: working.with_prompt(prompt_type, None))


def _save_row(desk: Desk, working: Working) -> Working:
    topic_id = desk.topic.topic_id
    key = f"editor_message_{topic_id}_{working.revision}"
    message = st.text_input(
        "What did you change, and why?",
        working.message,
        key=key,
        max_chars=LONGEST_MESSAGE,
        placeholder="Shorter replies, one question at a time",
        on_change=_told,
        args=(topic_id, key),
    )
    working = replace(working, message=message or "")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Review changes",
            icon=":material/difference:",
            type="primary",
            disabled=not working.is_dirty,
            help=None if working.is_dirty else f"Nothing differs from v{working.base.number} yet.",
            on_click=_begin_review,
            args=(topic_id,),
        )
        if working.is_dirty:
            st.button("Discard edits", icon=":material/undo:", type="tertiary", on_click=discard_edits, args=(desk,))
    return working


def _told(topic_id: str, key: str) -> None:
    change_working(topic_id, lambda working: replace(working, message=str(widget_value(key) or "")))


def _begin_review(topic_id: str) -> None:
    problem_slot().clear()
    REVIEWING.set(topic_id)


def discard_edits(desk: Desk) -> None:
    """Go back to the newest version."""
    topic_id = desk.topic.topic_id
    revision = desk.working.revision + 1
    working_slot(topic_id).set(start_working(desk.newest, revision))
    REVIEWING.clear()
