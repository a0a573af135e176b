"""The alert rules: looked at and changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from coaching_core.errors import WorkbenchError
from coaching_core.health.models import Alert, Rule, Severity, Unit
from evals.bootstrap import Workbench
from pages.components.address import carried, carry
from pages.components.messages import plain_markdown, show_problem
from pages.components.pick_table import PickTable
from pages.components.state import Slot, flash, widget_value
from pages.insights.health_webhook import show_webhook
from pages.view_models.health import rule_rows, rule_words
from pages.view_models.runbook import runbook_entries

_column = st.column_config
_TABLE = PickTable(
    key="alert_rules",
    id_field="id",
    alt="Alert rules with their states",
    columns={
        "name": _column.TextColumn("Rule", width=300),
        "state": _column.TextColumn("State", width=120),
        "value": _column.TextColumn("Now", width=90, alignment="right"),
        "limit": _column.TextColumn("Fires", width=210),
        "window": _column.TextColumn("Window", width=80),
        "severity": _column.TextColumn("Severity", width=90),
        "note": _column.TextColumn("Note", width=420),
    },
    most_rows=24,
)
_UNITS = {Unit.SECONDS: "s", Unit.SHARE: "%", Unit.USD: "$", Unit.COUNT: "number"}
_PROBLEM: Slot[str] = Slot("rule_problem", "")


def show_rules(workbench: Workbench, alerts: Sequence[Alert]) -> None:
    """All rules; the picked one opens below."""
    chosen = carried("rule")
    picked = _TABLE.pick(rule_rows(alerts), chosen)
    st.caption("Rules are looked at every 15 seconds. Choose one to change it.")
    if picked != chosen:
        carry(rule=picked)
    rule = next((alert.rule for alert in alerts if alert.rule.id == picked), None)
    if rule is not None:
        _show_opened(workbench, rule)
    show_webhook(workbench)


def _show_opened(workbench: Workbench, rule: Rule) -> None:
    with st.container(border=True, key="split_rule_opened"):
        st.subheader(plain_markdown(rule.name), anchor=False)
        st.caption(plain_markdown(f"{rule_words(rule)} {rule.note}"))
        _fields(rule)
        if problem := _PROBLEM.get():
            show_problem(problem)
            _PROBLEM.clear()
        with st.container(horizontal=True, gap="small"):
            st.button("Save rule", icon=":material/save:", type="primary", on_click=_save, args=(workbench, rule))
            if entry := runbook_entries().get(rule.runbook):
                with st.popover("Runbook", icon=":material/menu_book:", width="content"):
                    st.markdown(entry)


def _fields(rule: Rule) -> None:
    unit, scale, key = _UNITS[rule.unit], _scale(rule), rule.id
    left, middle, right = st.columns(3)
    clear = rule.threshold if rule.clear_threshold is None else rule.clear_threshold
    with left:
        st.number_input(f"Fires at, {unit}", value=rule.threshold * scale, min_value=0.0, key=f"{key}_threshold")
        st.number_input(f"Ends at, {unit}", value=clear * scale, min_value=0.0, key=f"{key}_clear")
    with middle:
        st.number_input("Bad for, s", value=rule.for_seconds, min_value=0, step=15, key=f"{key}_for")
        st.number_input(
            "Good again for, s", value=rule.clear_for_seconds, min_value=15, step=15, key=f"{key}_clear_for"
        )
    with right:
        st.number_input("Window, s", value=rule.window_seconds, min_value=30, step=60, key=f"{key}_window")
        st.number_input("Least observations", value=rule.min_samples, min_value=0, key=f"{key}_samples")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
        st.selectbox(
            "Severity",
            list(Severity),
            index=list(Severity).index(rule.severity),
            format_func=lambda severity: str(severity).capitalize(),
            key=f"{key}_severity",
            width=180,
        )
        st.toggle("On", value=rule.enabled, key=f"{key}_on")
        st.toggle("Count simulated models and demo data", value=rule.include_simulated, key=f"{key}_simulated")


def _typed(rule: Rule) -> Rule:
    key, scale = rule.id, _scale(rule)

    def number(name: str) -> float:
        return float(str(widget_value(f"{key}_{name}")))

    threshold, clear = number("threshold") / scale, number("clear") / scale
    return replace(
        rule,
        threshold=round(threshold, 9),
        clear_threshold=None if clear == threshold else round(clear, 9),
        for_seconds=int(number("for")),
        clear_for_seconds=int(number("clear_for")),
        window_seconds=int(number("window")),
        min_samples=int(number("samples")),
        severity=Severity(str(widget_value(f"{key}_severity"))),
        enabled=bool(widget_value(f"{key}_on")),
        include_simulated=bool(widget_value(f"{key}_simulated")),
    )


def _save(workbench: Workbench, rule: Rule) -> None:
    try:
        workbench.core.health.change(_typed(rule), workbench.core.settings.author)
    except WorkbenchError as error:
        _PROBLEM.set(str(error))
        return
    flash(plain_markdown(f"The rule “{rule.name}” is saved. It holds from the next look."))


def _scale(rule: Rule) -> float:
    return 100.0 if rule.unit is Unit.SHARE else 1.0
