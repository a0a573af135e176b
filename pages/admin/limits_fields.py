"""The fields of a limit, for adding one and for changing one."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from coaching_core.errors import WorkbenchError
from coaching_core.limits.models import LimitDraft
from coaching_core.llm.limits import Action, Each, Limit, Metric, Period
from coaching_core.llm.types import Purpose
from evals.bootstrap import Workbench
from pages.components.messages import plain_markdown, show_notice, show_problem
from pages.components.state import widget_value
from pages.components.viewer import viewer_zone
from pages.view_models.limit_fields import ACTIONS, METRICS, PERIODS, Typed, actions_for, cap_text, draft_of
from pages.view_models.limits import EACH, SPANS, explanation

_TOGETHER = "All together"
_NAMES = ("tenant_id", "user_id", "provider", "model", "purpose")


def draw_fields(workbench: Workbench, key: str, draft: LimitDraft) -> None:
    """Draw the fields, filled with a draft at first; :func:`typed` reads them.

    Args:
        key: Begins the widgets' keys; another key fills them anew.
    """
    left, middle, right = st.columns(3)
    metric = left.selectbox(
        "Counts", list(METRICS), list(METRICS).index(draft.metric), format_func=METRICS.__getitem__, key=f"{key}_metric"
    )
    middle.text_input("Cap", cap_text(draft.cap), key=f"{key}_cap")
    periods = PERIODS[metric]
    right.selectbox(
        "In",
        periods,
        periods.index(draft.period) if draft.period in periods else 0,
        format_func=SPANS.__getitem__,
        key=f"{key}_period_{metric}",
    )
    _draw_whose(workbench, key, draft)
    left, right = st.columns([2, 1])
    actions = actions_for(metric)
    action = left.selectbox(
        "What it does",
        actions,
        actions.index(draft.action) if draft.action in actions else 0,
        format_func=ACTIONS.__getitem__,
        key=f"{key}_action_{metric}",
    )
    right.number_input(
        "Near from, % of the cap" if action is Action.REFUSE else "From, % of the cap",
        1,
        100,
        round(draft.threshold * 100),
        key=f"{key}_threshold",
    )
    st.text_input(
        "Name", draft.name, key=f"{key}_name", placeholder="Left empty: what it counts", help="What a refusal calls it."
    )


def typed(key: str, draft: LimitDraft) -> Typed:
    """The fields as they stand at this moment; a callback reads them so, because they may have changed with its click.

    Args:
        draft: What stands for fields that were not drawn yet.
    """
    metric = Metric(str(widget_value(f"{key}_metric") or draft.metric))
    period = widget_value(f"{key}_period_{metric}") or (draft.period if draft.metric is metric else PERIODS[metric][0])
    action = widget_value(f"{key}_action_{metric}") or (draft.action if draft.metric is metric else Action.REFUSE)
    each = widget_value(f"{key}_each")
    percent, cap = widget_value(f"{key}_threshold"), widget_value(f"{key}_cap")
    return Typed(
        name=str(widget_value(f"{key}_name") or ""),
        metric=metric,
        period=Period(str(period)),
        cap=cap_text(draft.cap) if cap is None else str(cap),
        action=Action(str(action)),
        threshold_percent=round(draft.threshold * 100) if percent is None else int(str(percent)),
        each=None if each is None else Each(str(each)),
        names={name: str(widget_value(f"{key}_{name}") or "") or None for name in _NAMES},
    )


def show_what_it_does(workbench: Workbench, fields: Typed, now: Limit | None = None) -> bool:
    """The limit in sentences, or what is wrong with it.

    Args:
        now: The limit as it stands; nothing is said about fields that say the same.

    Returns:
        Whether it can be set.
    """
    try:
        draft = draft_of(fields)
        service = workbench.core.limits
        limit = service.preview(draft, "" if now is None else now.id)
    except WorkbenchError as error:
        show_problem(error)
        return False
    if limit != now:
        sentences = " ".join(explanation(limit, service.now(), viewer_zone()))
        st.caption(plain_markdown(f"{limit.name}. {sentences}"))
    for doubt in service.doubts(draft):
        show_notice(doubt)
    return True


def _draw_whose(workbench: Workbench, key: str, draft: LimitDraft) -> None:
    left, middle, right = st.columns(3)
    choices: list[Each | None] = [None, *Each]
    left.selectbox(
        "Counted apart",
        choices,
        choices.index(draft.each),
        format_func=lambda one: _TOGETHER if one is None else EACH[one],
        key=f"{key}_each",
        help="Each tenant, user, provider or model then has the whole cap.",
    )
    models = workbench.core.catalogue.models()
    providers = sorted({model.provider for model in models})
    _pick(middle, "Only provider", providers, draft.provider, f"{key}_provider")
    _pick(right, "Only model", [model.name for model in models], draft.model, f"{key}_model")
    left, middle, right = st.columns(3)
    left.text_input("Only tenant", draft.tenant_id or "", key=f"{key}_tenant_id", placeholder="All")
    middle.text_input("Only user", draft.user_id or "", key=f"{key}_user_id", placeholder="All")
    _pick(right, "Only purpose", [str(one) for one in Purpose], draft.purpose, f"{key}_purpose")


def _pick(place: DeltaGenerator, label: str, options: list[str], now: str | None, key: str) -> None:
    known = options if now is None or now in options else [*options, now]
    place.selectbox(
        label,
        known,
        None if now is None else known.index(now),
        key=key,
        placeholder="All",
        accept_new_options=label != "Only purpose",
    )
