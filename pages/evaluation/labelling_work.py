"""One queue at work: a task at a time, read blind, durable before the next one shows."""

from __future__ import annotations

import html
from contextlib import suppress
from functools import partial
from typing import Literal

import streamlit as st
from streamlit.errors import StreamlitAPIException

from coaching_core.errors import NotFoundError, WorkbenchError
from evals.bootstrap import Workbench
from evals.dataset import Turn
from evals.labelling import LabelQueue, LabelTask, QueueKind, Said, export_labels
from evals.running.folder import RunFolder
from pages.components.address import carry_only
from pages.components.chrome import page_title
from pages.components.judge_trust import show_trust
from pages.components.label_sheet import label_sheet
from pages.components.links import link_to
from pages.components.messages import show_problem
from pages.components.state import Slot
from pages.components.talk import points_html, turns_html
from pages.view_models.labelling import SIDES, BlindTask, SheetReply, SheetTask, blind_task, queue_facts
from pages.view_models.words import count, plural

_LABELLER: Slot[str] = Slot("labeller", "")
_TAKEN_BACK: Slot[dict[str, Said]] = Slot("label_taken_back", {})
"""What was said of tasks that were taken back a moment ago, so that it can be mended."""


def render_queue(workbench: Workbench, queue_id: str) -> None:
    """Show the queue that the address names."""
    try:
        queue = workbench.labels.queue(queue_id)
    except NotFoundError as error:
        page_title("Labelling")
        show_problem(error)
        st.button("Show all queues", icon=":material/arrow_back:", on_click=carry_only)
        return
    with page_title(queue.name, queue_facts(queue)):
        st.button("Show all queues", icon=":material/arrow_back:", type="tertiary", on_click=carry_only)
        _downloads(workbench, queue)
    st.fragment(_work)(workbench, queue)


def _downloads(workbench: Workbench, queue: LabelQueue) -> None:
    with st.popover("Download labels", icon=":material/download:"):
        st.caption("All labellers' labels, with the variants' names. `python -m evals labels figures` reads them.")
        if not workbench.labels.said(queue.id):
            st.caption("Nothing is labelled yet.")
            return
        for name, mime in (("csv", "text/csv"), ("jsonl", "application/x-ndjson")):
            st.download_button(
                f"Download {'CSV' if name == 'csv' else 'JSON lines'}",
                data=partial(_file, workbench, queue, name),
                file_name=f"labels_{queue.id}.{name}",
                mime=mime,
                icon=":material/table:" if name == "csv" else ":material/draft:",
                on_click="ignore",
                width="stretch",
            )


def _file(workbench: Workbench, queue: LabelQueue, format: str) -> bytes:
    return export_labels(queue, workbench.labels.said(queue.id), format)


def _work(workbench: Workbench, queue: LabelQueue) -> None:
    labels = workbench.labels
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        labeller = _labeller(workbench)
        done = len(labels.said(queue.id, labeller))
        st.html(_progress(done, len(queue.tasks)), width="stretch")
    if not labeller:
        show_problem("Say who labels.")
        return
    task = labels.next_task(queue, labeller)
    if task is None:
        _all_done(workbench, queue, labeller)
        return
    shown_first: Literal[0, 1] = 1 if task.shown_first(labeller, queue.seed) else 0
    shown = blind_task(task, shown_first)
    pairwise = queue.kind is QueueKind.PAIRWISE
    with st.container(key="split_label_task"):
        reading, place = (st.container(), st.container()) if pairwise else st.columns([1.15, 1], gap="large")
    with reading:
        _read(shown, pairwise)
    with place, st.container(key="label_sheet_place"):
        asked = SheetTask(
            task.id, queue.kind, queue.rubric, shown_first, _TAKEN_BACK.get().get(_key(queue, task)), done > 0
        )
        try:
            reply = label_sheet(asked, f"label_sheet_{queue.id}_{labeller}")
            if reply is None:
                return
            _carry_out(workbench, queue, task, labeller, reply, shown_first)
        except WorkbenchError as error:
            show_problem(error)
            return
    _show_next()


def _show_next() -> None:
    """Only the task is drawn again, unless the whole page is being drawn anyway."""
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:
        st.rerun()


def _labeller(workbench: Workbench) -> str:
    name = st.text_input(
        "Labeller",
        _LABELLER.get() or workbench.core.settings.author,
        max_chars=200,
        width=240,
        help="Whose labels these are. Each labeller has an order of their own.",
    ).strip()
    _LABELLER.set(name)
    return name


def _carry_out(
    workbench: Workbench,
    queue: LabelQueue,
    task: LabelTask,
    labeller: str,
    reply: SheetReply,
    shown_first: Literal[0, 1],
) -> None:
    if reply.action == "undo":
        _take_back(workbench, queue, labeller)
        return
    workbench.labels.say(queue, task.id, labeller, reply.said(shown_first, queue.kind))
    _TAKEN_BACK.set({key: said for key, said in _TAKEN_BACK.get().items() if key != _key(queue, task)})


def _take_back(workbench: Workbench, queue: LabelQueue, labeller: str) -> None:
    last = workbench.labels.last_done(queue, labeller)
    if last is None:
        return
    said = workbench.labels.said(queue.id, labeller)[labeller, last.id]
    workbench.labels.take_back(queue, last.id, labeller)
    _TAKEN_BACK.set(_TAKEN_BACK.get() | {_key(queue, last): said})


def _key(queue: LabelQueue, task: LabelTask) -> str:
    return f"{queue.id}/{task.id}"


def _all_done(workbench: Workbench, queue: LabelQueue, labeller: str) -> None:
    st.html(
        '<div class="cw-empty"><h2>All labelled</h2><div class="cw"><p>'
        f"{html.escape(labeller)} has labelled all {plural(len(queue.tasks), 'task')} of this queue. "
        "A second labeller shows how far people agree with each other.</p></div></div>"
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button(
            "Undo last",
            icon=":material/undo:",
            shortcut="U",
            on_click=_take_back,
            args=(workbench, queue, labeller),
        )
        link_to("Open run", "runs", {"run": queue.run_id}, icon=":material/checklist:")
    if queue.kind is QueueKind.SCORE:
        _agreement(workbench, queue)


def _agreement(workbench: Workbench, queue: LabelQueue) -> None:
    """What labelling was for: how far the run's judge agrees; nothing where the run is gone."""
    with suppress(NotFoundError):
        show_trust(workbench, RunFolder(workbench.runs.get(queue.run_id).folder).plan().panels[0])


def _progress(done: int, whole: int) -> str:
    share = 100 * done / whole
    return (
        f'<div class="cw s m" role="status">{count(done)} of {count(whole)} done</div>'
        f'<div class="cw-progress"><i style="width:{share:.1f}%"></i></div>'
    )


def _read(shown: BlindTask, pairwise: bool) -> None:
    if shown.parameters:
        values = ", ".join(f"{name}: {value}" for name, value in shown.parameters.items())
        st.html(f'<div class="cw m s">{html.escape(values)}</div>')
    if shown.conversation:
        st.html(turns_html(shown.conversation))
    if shown.must or shown.must_not:
        with st.expander("What the item asks of a good reply"):
            st.html(points_html("A good reply", shown.must) + points_html("It must not", shown.must_not))
    if not pairwise:
        _answer("The answer to label", *shown.answers[0][1:])
        return
    with st.container(key="split_label_answers"):
        for place, (title, text, turns) in zip(st.columns(2, gap="medium"), shown.answers, strict=True):
            with place:
                _answer(title, text, turns)


def _answer(title: str, text: str, turns: tuple[Turn, ...]) -> None:
    with st.container(border=True, height="stretch" if title in SIDES else "content"):
        st.html(f'<div class="cw"><b>{html.escape(title)}</b></div>')
        if turns:
            st.html(turns_html(turns))
            return
        paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in text.split("\n\n") if part.strip())
        st.html(f'<div class="cw cw-ans" dir="auto">{paragraphs}</div>')
