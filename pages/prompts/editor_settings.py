"""The model settings of a topic: part of every version."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from coaching_core.llm.catalogue import Catalogue
from pages.view_models.editing import Working


def edit_settings(catalogue: Catalogue, topic_id: str, working: Working) -> Working:
    """The fields; returns the edits with the settings as they are now."""
    st.markdown("##### Model settings")
    settings, key = working.settings, f"editor_setting_{topic_id}_{working.revision}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="editor_settings"):
        values = {
            "default_model": _model(catalogue, settings.default_model, key),
            "temperature": st.number_input(
                "Temperature", 0.0, 2.0, settings.temperature, 0.1, "%.2f", key=f"{key}_temperature", width=130
            ),
            "max_tokens": st.number_input(
                "Max tokens", 1, None, settings.max_tokens, 50, key=f"{key}_max_tokens", width=130
            ),
            "max_turns": st.number_input(
                "Max turns", 1, None, settings.max_turns, 1, key=f"{key}_max_turns", width=120
            ),
            "streaming": st.toggle("Streaming", settings.streaming, key=f"{key}_streaming"),
        }
    return replace(working, settings=settings.model_copy(update=values))


def _model(catalogue: Catalogue, chosen: str | None, key: str) -> str | None:
    labels = {model.name: model.label for model in catalogue.models() if "coach" in model.roles}
    names = list(labels) if chosen is None or chosen in labels else [chosen, *labels]
    return st.selectbox(
        "Default model",
        names,
        index=None if chosen is None else names.index(chosen),
        format_func=lambda name: labels.get(name, name),
        placeholder="None",
        key=f"{key}_model",
        width=230,
    )
