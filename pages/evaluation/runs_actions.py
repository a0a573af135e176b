"""Stop and resume a run, with an answer at once: what was asked shows until it has happened."""

from __future__ import annotations

import time

import streamlit as st

from coaching_core.clock import utc_now
from coaching_core.errors import WorkbenchError
from evals.bootstrap import Workbench
from evals.running.folder import RunState
from evals.runs import RunSummary
from pages.components.messages import show_problem
from pages.components.state import Slot
from pages.view_models.run_progress import Asked, Moment, PendingAction, Stand, stand

_PENDING: Slot[PendingAction | None] = Slot("run_pending", None)
_PROBLEM: Slot[str | None] = Slot("run_problem", None)


def stand_of(summary: RunSummary, state: RunState) -> Stand:
    """Where a run stands now, with what was asked of it."""
    age = (utc_now() - summary.created_at).total_seconds()
    return stand(summary.run_id, state, _PENDING.get(), Moment(time.monotonic(), age))


def settle() -> None:
    """What was asked has happened."""
    _PENDING.clear()


def draw_stop(workbench: Workbench, run_id: str, disabled: bool) -> None:
    """The button that stops a run."""
    st.button(
        "Stop run",
        icon=":material/stop_circle:",
        disabled=disabled,
        key="stop_run",
        on_click=_ask,
        args=(workbench, run_id, Asked.STOP),
    )
    _show_problem()


def draw_resume(workbench: Workbench, run_id: str) -> None:
    """The button that lets a run go on."""
    st.button(
        "Resume run",
        icon=":material/play_arrow:",
        type="primary",
        key="resume_run",
        on_click=_ask,
        args=(workbench, run_id, Asked.RESUME),
    )
    _show_problem()


def draw_retry(workbench: Workbench, run_id: str) -> None:
    """The button that has a finished run ask once more what failed."""
    st.button(
        "Ask failed again",
        icon=":material/replay:",
        type="tertiary",
        key="retry_failed",
        help="Only what failed is asked and paid for; conversations begin anew. What it cost before stays on the bill.",
        on_click=_ask,
        args=(workbench, run_id, Asked.RESUME, True),
    )
    _show_problem()


def _ask(workbench: Workbench, run_id: str, what: Asked, retry_failed: bool = False) -> None:
    pending = _PENDING.get()
    now = time.monotonic()
    if pending is not None and (pending.run_id, pending.asked) == (run_id, what) and now - pending.at < 2:
        return
    _PENDING.set(PendingAction(run_id, what, now))
    try:
        if what is Asked.STOP:
            workbench.runs.stop(run_id)
        else:
            workbench.runs.resume(run_id, retry_failed)
    except WorkbenchError as error:
        _PENDING.clear()
        _PROBLEM.set(str(error))


def _show_problem() -> None:
    problem = _PROBLEM.get()
    if problem is not None:
        _PROBLEM.clear()
        show_problem(problem)
