"""Cost, tokens and latency per day, under each other on one time axis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from coaching_core.usage.models import UsageRow
from pages.components.charts import CATEGORIES, MARK
from pages.view_models.usage import Series
from pages.view_models.words import count, money_total, seconds

_HEIGHTS = (0.46, 0.25, 0.29)
_OTHER = MARK["base"]
_COLOURS = tuple(colour for colour in CATEGORIES if colour != _OTHER)


def days_figure(days: Sequence[UsageRow], costs: Sequence[Series]) -> go.Figure:
    """The three panels.

    Args:
        days: Earliest first, without holes.
        costs: What the costs of the days are stacked of.
    """
    figure = make_subplots(rows=3, cols=1, shared_xaxes=True, row_heights=_HEIGHTS, vertical_spacing=0.11)
    dates = [row.key for row in days]
    _costs(figure, dates, costs)
    _tokens(figure, dates, days)
    _latency(figure, dates, days)
    figure.update_layout(barmode="stack", bargap=0.3, hovermode="closest", legend_traceorder="normal")
    for place, legend in enumerate(("legend2", "legend3"), start=2):
        top = figure.layout[f"yaxis{place}"].domain[1]
        figure.update_layout({legend: _legend(top)})
    figure.update_xaxes(tickformat="%-d %b", showgrid=False, range=_time_range(days))
    figure.update_yaxes(rangemode="tozero", nticks=4, title_standoff=10)
    figure.update_yaxes(title_text="Cost, $", tickprefix="$", row=1)
    figure.update_yaxes(title_text="Tokens", row=2)
    figure.update_yaxes(title_text="Latency, s", row=3)
    return figure


def days_alt(days: Sequence[UsageRow]) -> str:
    """The chart in a sentence."""
    cost = sum(row.usage.cost_known for row in days)
    calls = sum(row.usage.calls for row in days)
    return (
        f"Cost, tokens and latency of {count(calls)} calls on {len(days)} days, from {days[0].key} to {days[-1].key}; "
        f"the known cost is ${cost:.4f} in all."
    )


def _costs(figure: go.Figure, dates: Sequence[str | None], costs: Sequence[Series]) -> None:
    for place, series in enumerate(costs):
        colour = _OTHER if series.name == "Other" else _COLOURS[place % len(_COLOURS)]
        figure.add_trace(
            go.Bar(
                x=dates,
                y=[float(cost) for cost in series.costs],
                name=series.name,
                marker_color=colour,
                customdata=[money_total(cost) for cost in series.costs],
                hovertemplate=f"{series.name}<br>%{{x|%-d %b %Y}}: %{{customdata}}<extra></extra>",
            ),
            row=1,
            col=1,
        )


def _tokens(figure: go.Figure, dates: Sequence[str | None], days: Sequence[UsageRow]) -> None:
    for name, field, colour in (
        ("Input tokens", "input_tokens", MARK["accent"]),
        ("Output tokens", "output_tokens", MARK["warn"]),
    ):
        values = [getattr(row.usage, field) for row in days]
        figure.add_trace(
            go.Bar(
                x=dates,
                y=values,
                name=name,
                marker_color=colour,
                legend="legend2",
                customdata=[count(value) for value in values],
                hovertemplate=f"{name}<br>%{{x|%-d %b %Y}}: %{{customdata}}<extra></extra>",
            ),
            row=2,
            col=1,
        )


def _latency(figure: go.Figure, dates: Sequence[str | None], days: Sequence[UsageRow]) -> None:
    for name, field, line in (
        ("Latency p50", "latency_p50", {"color": MARK["accent"], "width": 2}),
        ("Latency p95", "latency_p95", {"color": MARK["base"], "width": 2, "dash": "dot"}),
    ):
        values = [getattr(row.usage, field) for row in days]
        figure.add_trace(
            go.Scatter(
                x=dates,
                y=[None if value is None else value / 1000 for value in values],
                name=name,
                mode="lines+markers",
                marker={"size": 5},
                line=line,
                legend="legend3",
                customdata=[seconds(value) for value in values],
                hovertemplate=f"{name}<br>%{{x|%-d %b %Y}}: %{{customdata}}<extra></extra>",
            ),
            row=3,
            col=1,
        )


def _time_range(days: Sequence[UsageRow]) -> list[str]:
    first, last = (datetime.fromisoformat(row.key or "") for row in (days[0], days[-1]))
    half = timedelta(hours=14)
    return [(first - half).isoformat(), (last + half).isoformat()]


def _legend(top: float) -> dict[str, Any]:
    return {
        "orientation": "h",
        "traceorder": "normal",
        "x": 0,
        "xanchor": "left",
        "y": top + 0.005,
        "yanchor": "bottom",
        "font": {"size": 12},
        "title": {"text": ""},
    }
