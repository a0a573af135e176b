"""The model settings of a topic: part of every version."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from coaching_core.llm.catalogue import Catalogue
from pages.components.state import widget_value
from pages.prompts.editor_desk import change_working
from pages.view_models.editing import Working


def edit_settings(catalogue: Catalogue, topic_id: str, working: Working) -> Working:
    """The fields; returns the edits with the settings as they are now."""
    st.subheader("Model settings", anchor=False)
    settings, key = working.settings, f"editor_setting_{topic_id}_{working.revision}"

    def wiring(field: str) -> dict[str, Any]:
        return {"key": f"{key}_{field}", "on_change": _changed, "args": (topic_id, field, f"{key}_{field}")}

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="editor_settings"):
        values = {
            "default_model": _model(catalogue, settings.default_model, wiring("default_model")),
            "temperature": st.number_input(
                "Temperature", 0.0, 2.0, settings.temperature, 0.1, "%.2f", width=140, **wiring("temperature")
            ),
            "max_tokens": st.number_input(
                "Max tokens", 1, None, settings.max_tokens, 50, width=140, **wiring("max_tokens")
            ),
            "max_turns": st.number_input("Max turns", 1, None, settings.max_turns, 1, width=140, **wiring("max_turns")),
            "streaming": st.toggle("Streaming", settings.streaming, **wiring("streaming")),
        }
    return replace(working, settings=settings.model_copy(update=values))


def _changed(topic_id: str, field: str, key: str) -> None:
    def change(working: Working) -> Working:
        return replace(working, settings=working.settings.model_copy(update={field: widget_value(key)}))

    change_working(topic_id, change)


def _model(catalogue: Catalogue, chosen: str | None, wiring: dict[str, Any]) -> str | None:
    labels = {model.name: model.label for model in catalogue.models() if "coach" in model.roles}
    names = list(labels) if chosen is None or chosen in labels else [chosen, *labels]
    return st.selectbox(
        "Default model",
        names,
        index=None if chosen is None else names.index(chosen),
        format_func=lambda name: labels.get(name, name),
        placeholder="None",
        width=250,
        **wiring,
    )
