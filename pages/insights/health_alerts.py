"""What is not well now: each alert with its value, since when, and what to do."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from coaching_core.clock import utc_now
from coaching_core.errors import WorkbenchError
from coaching_core.health.models import Alert, Severity, Stage
from evals.bootstrap import Workbench
from pages.components.chrome import Tag, tag
from pages.components.messages import plain_markdown, show_problem
from pages.components.state import Slot, flash, set_widget, widget_value
from pages.components.viewer import viewer_zone
from pages.view_models.health import STAGES, since_words, standing, subject_words, summary, value_words
from pages.view_models.runbook import runbook_entries

_PROBLEM: Slot[str] = Slot("health_problem", "")
_MOST = 12


def show_alerts(workbench: Workbench, alerts: Sequence[Alert]) -> None:
    """The answer in a sentence, then the alerts, worst first."""
    st.html(f'<div class="cw-verdict">{html.escape(summary(alerts, utc_now()))}</div>')
    if problem := _PROBLEM.get():
        show_problem(problem)
        _PROBLEM.clear()
    bad = standing(alerts)
    raised = [alert for alert in bad if alert.state.stage.is_raised]
    for alert in raised[:_MOST]:
        _show(workbench, alert)
    if len(raised) > _MOST:
        st.caption(f"And {len(raised) - _MOST} more; they are under Rules.")
    pending = [alert for alert in bad if not alert.state.stage.is_raised]
    if pending:
        with st.container(border=True, key="alerts_pending"):
            st.html("".join(_words(alert) for alert in pending[:_MOST]))


def _show(workbench: Workbench, alert: Alert) -> None:
    key = f"{alert.rule.id}_{alert.state.subject}"
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"alert_{key}"):
        st.html(_words(alert), width="stretch")
        with st.container(horizontal=True, gap="small", width="content"):
            if alert.state.stage is Stage.FIRING:
                _offer_acknowledgement(workbench, alert, key)
            entry = runbook_entries().get(alert.rule.runbook)
            if entry is not None:
                with st.popover("Runbook", icon=":material/menu_book:", width="content"):
                    st.markdown(entry)


def _words(alert: Alert) -> str:
    critical = tag(Tag("Critical", "worse")) if alert.rule.severity is Severity.CRITICAL else ""
    stage = tag(Tag(*STAGES[alert.state.stage]))
    since = since_words(alert, utc_now(), viewer_zone())
    return (
        f'<div class="cw-item">{stage}{critical}<b>{html.escape(subject_words(alert))}</b></div>'
        f'<div class="cw"><p>{html.escape(value_words(alert))}</p><p class="m s">{html.escape(since)}</p></div>'
    )


def _offer_acknowledgement(workbench: Workbench, alert: Alert, key: str) -> None:
    with st.popover("Look after it", icon=":material/person_raised_hand:", width="content"):
        st.text_input("Note (may stay empty)", key=f"note_{key}", max_chars=500)
        st.button(
            "Acknowledge",
            key=f"acknowledge_{key}",
            type="primary",
            on_click=_acknowledge,
            args=(workbench, alert, f"note_{key}"),
        )


def _acknowledge(workbench: Workbench, alert: Alert, note_key: str) -> None:
    by, note = workbench.core.settings.author, str(widget_value(note_key) or "")
    try:
        workbench.core.health.acknowledge(alert.rule.id, alert.state.subject, by, note)
    except WorkbenchError as error:
        _PROBLEM.set(str(error))
        return
    set_widget(note_key, "")
    flash(plain_markdown(f"{by} looks after “{subject_words(alert)}”."))
