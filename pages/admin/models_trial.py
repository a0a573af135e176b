"""“Test this model”: one real call through the gateway, and what came back."""

from __future__ import annotations

import html
from collections.abc import Callable

import streamlit as st

from coaching_core.models.models import ModelView, Trial
from coaching_core.models.trial import QUESTION
from evals.bootstrap import Workbench
from pages.components.chrome import Tag, tag
from pages.components.messages import show_problem
from pages.components.state import Slot
from pages.view_models.words import DASH, count, money_call, seconds

_LAST: Slot[Trial | None] = Slot("models_trial", None)


def trial_button(workbench: Workbench, view: ModelView) -> Callable[[], None]:
    """The button; returns what asks, when it was pressed, and draws the last answer of this model."""
    what = "One call of the simulation" if view.info.simulated else "One real call, paid"
    pressed = st.button(
        "Test this model",
        icon=":material/play_arrow:",
        key="model_test",
        disabled=not view.info.available,
        help=f"{what}, recorded like any other: “{QUESTION}”",
    )
    return lambda: _ask_and_show(workbench, view, pressed)


def _ask_and_show(workbench: Workbench, view: ModelView, ask: bool) -> None:
    if ask:
        with st.spinner(f"Asking {view.info.label} …"):
            _LAST.set(workbench.core.model_trial.run(view.info.name))
    last = _LAST.get()
    if last is not None and last.model == view.info.name:
        _show(last)


def _show(trial: Trial) -> None:
    if trial.error is not None:
        show_problem(trial.error)
        if not trial.text:
            return
    mark = (
        tag(Tag("Simulated: no real model was asked", "demo")) if trial.simulated else tag(Tag("Real answer", "live"))
    )
    usage = trial.usage
    tokens = f"{count(usage.input_tokens)} + {count(usage.output_tokens)}" if usage else DASH
    facts = {
        "First token": seconds(trial.ttft_ms),
        "Whole answer": seconds(trial.latency_ms),
        "Tokens": tokens,
        "Cost": money_call(trial.cost),
    }
    figures = "".join(f"<span>{name}<b>{value}</b></span>" for name, value in facts.items())
    run = f'<p class="s m">Call {html.escape(trial.prompt_run_id)}</p>' if trial.prompt_run_id else ""
    st.html(
        f'<div class="cw">{mark}<div class="cw-ans"><p>{html.escape(trial.text)}</p></div>'
        f'<div class="cw-run">{figures}</div>{run}</div>'
    )
