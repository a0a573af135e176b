"""What changes which version readers get: publish, roll back, activate and deactivate. Each asks first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from coaching_core.errors import WorkbenchError
from coaching_core.prompts.models import TopicVersion
from pages.components.diff_table import Heads
from pages.components.messages import show_problem
from pages.components.state import Slot, flash
from pages.prompts.editor_desk import Desk, announce, move
from pages.prompts.editor_diff import show_whole_diff
from pages.prompts.editor_evidence import show_evidence_for
from pages.view_models.diff import summary_line
from pages.view_models.place import Place

_PROBLEM: Slot[str] = Slot("editor_dialog_problem", "")


@dataclass(frozen=True, slots=True)
class _Deed:
    """What a dialog does when it is confirmed."""

    label: str
    icon: str
    do: Callable[[], None]


def show_publish(desk: Desk) -> None:
    """The button that opens the publishing dialog for the newer version in view."""
    number = _candidate(desk)
    published = desk.topic.published_version
    if st.button(
        f"Publish v{number}…",
        icon=":material/publish:",
        type="primary" if desk.place.view == "diff" and number != published else "secondary",
        disabled=number == published,
        help=f"v{number} is the published version." if number == published else None,
        width="stretch",
        key="editor_publish",
    ):
        _PROBLEM.clear()
        st.dialog(f"Publish v{number} of {desk.topic.name}", width="large")(_publish_dialog)(desk, number)


def roll_back(desk: Desk, number: int) -> None:
    """Open the dialog that publishes an old version's content again."""
    _PROBLEM.clear()
    st.dialog(f"Roll back {desk.topic.name} to v{number}", width="large")(_rollback_dialog)(desk, number)


def change_active(desk: Desk) -> None:
    """Open the dialog that activates or deactivates the topic."""
    _PROBLEM.clear()
    word = "Deactivate" if desk.topic.is_active else "Activate"
    st.dialog(f"{word} {desk.topic.name}")(_active_dialog)(desk)


def _candidate(desk: Desk) -> int:
    return desk.place.new if desk.place.view == "diff" else desk.newest.number


def _publish_dialog(desk: Desk, number: int) -> None:
    published = desk.topic.published_version
    if desk.working.is_dirty:
        st.caption(f"Your unsaved edits are not part of v{number}.")
    st.write(f"Readers get v{number} from the moment you confirm.")
    _show_change(desk, desk.version(number), Heads(f"v{published}", f"v{number}", "published", "to be published"))
    if published is not None:
        show_evidence_for(desk, published, number, with_links=False)
    _confirm(_Deed(f"Publish v{number}", ":material/publish:", lambda: _publish(desk, number)))


def _publish(desk: Desk, number: int) -> None:
    before = desk.topic.published_version
    desk.workbench.core.prompts.publish(desk.topic.topic_id, number, before, desk.author)
    _arrive(desk, f"Version {number} is published.", before or number, number)


def _rollback_dialog(desk: Desk, number: int) -> None:
    published, renewed = desk.topic.published_version, desk.newest.number + 1
    st.write(f"The content of v{number} is published again, as version {renewed}. Nothing is deleted.")
    _show_change(desk, desk.version(number), Heads(f"v{published}", f"v{number}", "published", "to come back"))
    _confirm(_Deed(f"Roll back to v{number}", ":material/history:", lambda: _roll_back(desk, number)))


def _roll_back(desk: Desk, number: int) -> None:
    before = desk.topic.published_version
    renewed = desk.workbench.core.prompts.rollback(desk.topic.topic_id, number, before, desk.author)
    text = f"Version {renewed.number} is published; it has the content of v{number}."
    _arrive(desk, text, before or number, renewed.number)


def _active_dialog(desk: Desk) -> None:
    if desk.topic.is_active:
        st.write("Lists show it greyed, or not at all. Readers who ask for it by name still get its published version.")
        label, icon = "Deactivate topic", ":material/visibility_off:"
    else:
        st.write("Lists show it as an active topic again.")
        label, icon = "Activate topic", ":material/visibility:"
    _confirm(_Deed(label, icon, lambda: _turn(desk)))


def _turn(desk: Desk) -> None:
    active = not desk.topic.is_active
    desk.workbench.core.prompts.set_active(desk.topic.topic_id, active, desk.author)
    flash(f"{desk.topic.name} is {'active again' if active else 'inactive'}.")


def _show_change(desk: Desk, new: TopicVersion, heads: Heads) -> None:
    published = desk.topic.published_version
    if published is None:
        st.caption("Nothing is published yet, so there is nothing to compare with.")
        return
    with st.container(height=380, border=False):
        diff = show_whole_diff(desk.version(published), new, heads)
    st.caption(summary_line(diff))


def _confirm(deed: _Deed) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        confirmed = st.button(
            deed.label, icon=deed.icon, type="primary", key="editor_confirm", on_click=_carry_out, args=(deed,)
        )
        cancelled = st.button("Cancel", type="tertiary", key="editor_cancel")
    problem = _PROBLEM.get()
    if cancelled or (confirmed and not problem):
        _PROBLEM.clear()
        st.rerun()
    if problem:
        show_problem(problem)


def _carry_out(deed: _Deed) -> None:
    _PROBLEM.clear()
    try:
        deed.do()
    except WorkbenchError as error:
        _PROBLEM.set(str(error))


def _arrive(desk: Desk, text: str, old: int, new: int) -> None:
    there: Place = replace(desk.place, view="diff", old=old, new=new)
    move(there)
    announce(there, text, new)
