"""Chat over time: how long people wait, what fails, what is cancelled or tried again; three panels on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from coaching_core.health.boards import ChatSlot
from pages.components.charts import MARK
from pages.view_models.health_figures import ERROR_TARGET, TTFT_TARGET_MS, TURN_TARGET_MS
from pages.view_models.words import count, seconds

_LINES = (
    ("First token p50", "ttft_p50", {"color": MARK["accent"], "width": 1.5, "dash": "dot"}),
    ("First token p95", "ttft_p95", {"color": MARK["accent"], "width": 2.2}),
    ("Full turn p50", "turn_p50", {"color": MARK["warn"], "width": 1.5, "dash": "dot"}),
    ("Full turn p95", "turn_p95", {"color": MARK["warn"], "width": 2.2}),
)
_BARS = (
    ("Cancelled", "cancelled", MARK["base"]),
    ("Retries", "retries", MARK["accent"]),
    ("Time-outs", "timeouts", MARK["worse"]),
)


def chat_chart(slots: Sequence[ChatSlot]) -> go.Figure:
    """The three panels; stretches without calls are gaps, not zeros."""
    figure = make_subplots(rows=3, cols=1, shared_xaxes=True, row_heights=(0.5, 0.22, 0.28), vertical_spacing=0.11)
    times = [slot.at for slot in slots]
    for name, field, line in _LINES:
        values = [getattr(slot, field) for slot in slots]
        _line(figure, times, name, values, line)
    _target(figure, 1, TTFT_TARGET_MS / 1000, "target first token", MARK["accent"])
    _target(figure, 1, TURN_TARGET_MS / 1000, "target full turn", MARK["warn"])
    shares = [None if slot.error_share is None else 100 * slot.error_share for slot in slots]
    figure.add_trace(
        go.Scatter(
            x=times,
            y=shares,
            name="Failed turns",
            mode="lines+markers",
            line={"color": MARK["worse"], "width": 2},
            marker={"size": 4},
            legend="legend2",
            hovertemplate="Failed turns<br>%{x|%-d %b, %H:%M}: %{y:.1f} %<extra></extra>",
        ),
        row=2,
        col=1,
    )
    _target(figure, 2, 100 * ERROR_TARGET, "target", MARK["worse"])
    for name, field, colour in _BARS:
        values = [getattr(slot, field) or None for slot in slots]
        figure.add_trace(
            go.Bar(
                x=times,
                y=values,
                name=name,
                marker_color=colour,
                legend="legend3",
                customdata=[count(value or 0) for value in values],
                hovertemplate=f"{name}<br>%{{x|%-d %b, %H:%M}}: %{{customdata}}<extra></extra>",
            ),
            row=3,
            col=1,
        )
    _arrange(figure)
    return figure


def _line(
    figure: go.Figure, times: Sequence[Any], name: str, values: Sequence[float | None], line: dict[str, Any]
) -> None:
    figure.add_trace(
        go.Scatter(
            x=times,
            y=[None if value is None else value / 1000 for value in values],
            name=name,
            mode="lines+markers",
            marker={"size": 4},
            line=line,
            customdata=[seconds(value) for value in values],
            hovertemplate=f"{name}<br>%{{x|%-d %b, %H:%M}}: %{{customdata}}<extra></extra>",
        ),
        row=1,
        col=1,
    )


def _target(figure: go.Figure, row: int, value: float, words: str, colour: str) -> None:
    figure.add_hline(
        y=value,
        row=row,
        col=1,
        line={"color": colour, "width": 1, "dash": "dash"},
        annotation={"text": words, "font": {"size": 11}, "yanchor": "bottom", "xanchor": "right"},
    )


def _arrange(figure: go.Figure) -> None:
    figure.update_layout(barmode="stack", bargap=0.2, hovermode="closest")
    for place, legend in enumerate(("legend2", "legend3"), start=2):
        top = figure.layout[f"yaxis{place}"].domain[1]
        figure.update_layout(
            {
                legend: {
                    "orientation": "h",
                    "x": 0,
                    "xanchor": "left",
                    "y": top + 0.005,
                    "yanchor": "bottom",
                    "font": {"size": 12},
                }
            }
        )
    figure.update_xaxes(showgrid=False)
    figure.update_yaxes(rangemode="tozero", nticks=4, title_standoff=16)
    figure.update_yaxes(title_text="Wait, s", row=1)
    figure.update_yaxes(title_text="Failed, %", nticks=3, row=2)
    figure.update_yaxes(title_text="Turns", row=3)
