"""Charts: one template, no toolbar, and words for those who cannot see them."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import plotly.graph_objects as go
import streamlit as st

MARK = MappingProxyType(
    {
        "accent": "#4F7BD2",
        "base": "#77869A",
        "better": "#1C8F6B",
        "worse": "#CC5A33",
        "warn": "#B27A1E",
        "line": "rgba(119,134,154,.55)",
        "zone": "rgba(119,134,154,.14)",
        "novice": "#A98A48",
        "developing": "#6790CE",
        "mastery": "#3F68BE",
    }
)
"""Mid-tones with at least 3:1 on both backgrounds: switching the theme does not rerun the script."""

BAND_FILL = MappingProxyType(
    {"novice": "rgba(169,138,72,.18)", "developing": "rgba(79,123,210,.13)", "mastery": "rgba(79,123,210,.30)"}
)
CATEGORIES = ("#4F7BD2", "#B27A1E", "#2E93A8", "#A7589C", "#77869A", "#7F9130")

_AXIS: dict[str, Any] = {
    "zeroline": False,
    "ticks": "",
    "automargin": True,
    "tickfont": {"size": 12},
    "title": {"font": {"size": 12}, "standoff": 8},
}
_LEGEND: dict[str, Any] = {
    "orientation": "h",
    "y": 1.02,
    "yanchor": "bottom",
    "x": 0,
    "xanchor": "left",
    "font": {"size": 12},
    "title": {"text": ""},
}


def chart(figure: go.Figure, *, height: int, key: str, alt: str) -> None:
    """Draw a figure in the house's way.

    Args:
        alt: What the chart shows, in a sentence with its figures.
    """
    figure.update_layout(
        height=height,
        font={"family": "IBM Plex Sans, sans-serif", "size": 13},
        margin={"l": 8, "r": 8, "t": 12, "b": 8},
        hovermode=figure.layout.hovermode or "closest",
        separators=".\u2009",
        legend=_LEGEND,
        hoverlabel={"align": "left", "font": {"size": 12}},
        barcornerradius=2,
    )
    figure.update_xaxes(_AXIS, overwrite=False)
    figure.update_yaxes(_AXIS, overwrite=False)
    st.plotly_chart(
        figure,
        theme="streamlit",
        width="stretch",
        height=height,
        key=key,
        config={"displayModeBar": False},
        alt=alt,
    )
