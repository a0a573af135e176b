"""The filter row of usage and cost; what is chosen stands in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from coaching_core.llm.types import Purpose
from coaching_core.usage.models import NO_VERSION, Dimension, Options
from pages.components.state import Slot, set_widget, widget_value
from pages.view_models.topics import spoken
from pages.view_models.usage import NAMES
from pages.view_models.usage_choice import CUSTOM, QUERY_KEYS, RANGES, UsageChoice, read_choice

LAST: Slot[dict[str, str]] = Slot("usage_last_query", {})
"""The view to come back to when the address says nothing."""


def current_choice(today: date) -> UsageChoice:
    """The view the address asks for, or the one that was left."""
    asked = {key: st.query_params[key] for key in QUERY_KEYS if key in st.query_params}
    choice = read_choice(asked or LAST.get(), today)
    keep(choice)
    return choice


def keep(choice: UsageChoice) -> None:
    """Write a view into the address."""
    query = choice.query()
    LAST.set(query)
    for key in QUERY_KEYS:
        if key not in query:
            st.query_params.pop(key, None)
        elif st.query_params.get(key) != query[key]:
            st.query_params[key] = query[key]


def show_filters(choice: UsageChoice, options: Options, names: Mapping[str, str], today: date) -> None:
    """Range, provider, model, topic, version, purpose, user, simulated; inside the row that the screen opened."""
    _range(choice, today)
    _select("Provider", choice, "provider", options.providers, 116, str)
    _select("Model", choice, "model", options.models, 156, str)
    _select("Topic", choice, "topic", ["", *options.topics], 130, lambda key: names.get(key, key) or "No topic")
    if choice.topic:
        versions = [NO_VERSION, *(number for topic, number in options.versions if topic == choice.topic)]
        _select("Version", choice, "version", versions, 96, lambda number: f"v{number}" if number else "None")
    _select("Purpose", choice, "purpose", [str(purpose) for purpose in Purpose], 116, spoken)
    _user(choice)
    set_widget("usage_simulated", choice.with_simulated)
    st.selectbox(
        "Simulated",
        [True, False],
        format_func=lambda included: "Included" if included else "Left out",
        key="usage_simulated",
        width=104,
        on_change=lambda: _move(choice, with_simulated=bool(widget_value("usage_simulated"))),
    )


def _user(choice: UsageChoice) -> None:
    set_widget("usage_user", choice.user or "")
    st.text_input(
        "User",
        key="usage_user",
        placeholder="Any id",
        width=92,
        on_change=lambda: _move(choice, user=str(widget_value("usage_user") or "").strip() or None),
    )


def show_grouping(choice: UsageChoice) -> None:
    """What the breakdown groups by."""
    set_widget("usage_by", choice.by)
    st.selectbox(
        "Group by",
        list(NAMES),
        format_func=NAMES.__getitem__,
        key="usage_by",
        width=170,
        on_change=lambda: _move(choice, by=Dimension(str(widget_value("usage_by")))),
    )


def _range(choice: UsageChoice, today: date) -> None:
    set_widget("usage_range", choice.days)
    st.selectbox(
        "Range",
        [*RANGES, CUSTOM],
        format_func=_range_words,
        key="usage_range",
        width=128,
        on_change=lambda: _choose_range(choice, today),
    )
    if choice.days == CUSTOM:
        set_widget("usage_dates", (choice.first, choice.last))
        st.date_input(
            "Dates (UTC)",
            key="usage_dates",
            max_value=today,
            format="YYYY-MM-DD",
            width=230,
            on_change=lambda: _choose_dates(choice),
        )


def _range_words(days: int) -> str:
    return "Custom dates" if days == CUSTOM else "Today" if days == 1 else f"Last {days} days"


def _choose_range(choice: UsageChoice, today: date) -> None:
    days = widget_value("usage_range")
    if days == CUSTOM:
        _move(choice, days=CUSTOM)
    else:
        _keep_period(choice, read_choice({"range": str(days)}, today))


def _keep_period(choice: UsageChoice, period: UsageChoice) -> None:
    _move(choice, days=period.days, first=period.first, last=period.last)


def _choose_dates(choice: UsageChoice) -> None:
    dates = widget_value("usage_dates")
    if isinstance(dates, tuple) and len(dates) == 2:
        _move(choice, days=CUSTOM, first=dates[0], last=dates[1])


def _select(label: str, choice: UsageChoice, name: str, known: Sequence[Any], width: int, words: Any) -> None:
    chosen, key = getattr(choice, name), f"usage_{name}"
    options = list(known) if chosen is None or chosen in known else [*known, chosen]
    set_widget(key, chosen)
    st.selectbox(
        label,
        options,
        index=None,
        format_func=words,
        placeholder="All",
        key=key,
        width=width,
        on_change=lambda: _move(choice, **(_without_version(name) | {name: widget_value(key)})),
    )


def _without_version(name: str) -> dict[str, None]:
    """A version belongs to its topic."""
    return {"version": None} if name == "topic" else {}


def _move(choice: UsageChoice, **changes: Any) -> None:
    keep(replace(choice, **({"row": None, "only": None, "call": None} | changes)))
