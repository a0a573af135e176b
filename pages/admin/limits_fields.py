"""The fields of a limit, for adding one and for changing one."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from coaching_core.errors import WorkbenchError
from coaching_core.limits.models import LimitDraft
from coaching_core.llm.limits import Action, Each, Limit
from coaching_core.llm.types import Purpose
from evals.bootstrap import Workbench
from pages.components.messages import plain_markdown, show_notice, show_problem
from pages.components.viewer import viewer_zone
from pages.view_models.limit_fields import ACTIONS, METRICS, PERIODS, Typed, actions_for, cap_text, draft_of
from pages.view_models.limits import EACH, SPANS, explanation

_TOGETHER = "All together"


def limit_fields(workbench: Workbench, key: str, draft: LimitDraft) -> Typed:
    """Draw the fields, filled with a draft at first.

    Args:
        key: Begins the widgets' keys; another key fills them anew.
    """
    left, middle, right = st.columns(3)
    metric = left.selectbox(
        "Counts", list(METRICS), list(METRICS).index(draft.metric), format_func=METRICS.__getitem__, key=f"{key}_metric"
    )
    cap = middle.text_input("Cap", cap_text(draft.cap), key=f"{key}_cap")
    periods = PERIODS[metric]
    period = right.selectbox(
        "In",
        periods,
        periods.index(draft.period) if draft.period in periods else 0,
        format_func=SPANS.__getitem__,
        key=f"{key}_period_{metric}",
    )
    each, named = _whose(workbench, key, draft)
    left, right = st.columns([2, 1])
    actions = actions_for(metric)
    action = left.selectbox(
        "What it does",
        actions,
        actions.index(draft.action) if draft.action in actions else 0,
        format_func=ACTIONS.__getitem__,
        key=f"{key}_action_{metric}",
    )
    percent = right.number_input(
        "From, % of the cap" if action is not Action.REFUSE else "Near from, % of the cap",
        1,
        100,
        round(draft.threshold * 100),
        key=f"{key}_threshold",
    )
    name = st.text_input(
        "Name", draft.name, key=f"{key}_name", placeholder="Left empty: what it counts", help="What a refusal calls it."
    )
    return Typed(name, metric, period, cap, action, percent, each, named)


def show_what_it_does(workbench: Workbench, typed: Typed, limit_id: str = "") -> None:
    """The limit in sentences, or what is wrong with it."""
    try:
        draft = draft_of(typed)
        service = workbench.core.limits
        limit: Limit = service.preview(draft, limit_id)
    except WorkbenchError as error:
        show_problem(error)
        return
    sentences = " ".join(explanation(limit, service.now(), viewer_zone()))
    st.caption(plain_markdown(f"{limit.name}. {sentences}"))
    for doubt in service.doubts(draft):
        show_notice(doubt)


def _whose(workbench: Workbench, key: str, draft: LimitDraft) -> tuple[Each | None, dict[str, str | None]]:
    left, middle, right = st.columns(3)
    choices: list[Each | None] = [None, *Each]
    each = left.selectbox(
        "Counted apart",
        choices,
        choices.index(draft.each),
        format_func=lambda one: _TOGETHER if one is None else EACH[one],
        key=f"{key}_each",
        help="Each tenant, user, provider or model then has the whole cap.",
    )
    models = workbench.core.catalogue.models()
    providers = sorted({model.provider for model in models})
    named = {
        "provider": _pick(middle, "Only provider", providers, draft.provider, f"{key}_provider"),
        "model": _pick(right, "Only model", [model.name for model in models], draft.model, f"{key}_model"),
    }
    left, middle, right = st.columns(3)
    named["tenant_id"] = left.text_input("Only tenant", draft.tenant_id or "", key=f"{key}_tenant", placeholder="All")
    named["user_id"] = middle.text_input("Only user", draft.user_id or "", key=f"{key}_user", placeholder="All")
    named["purpose"] = _pick(right, "Only purpose", [str(one) for one in Purpose], draft.purpose, f"{key}_purpose")
    return each, named


def _pick(place: DeltaGenerator, label: str, options: list[str], now: str | None, key: str) -> str | None:
    known = options if now is None or now in options else [*options, now]
    picked: str | None = place.selectbox(
        label,
        known,
        None if now is None else known.index(now),
        key=key,
        placeholder="All",
        accept_new_options=label != "Only purpose",
    )
    return picked
