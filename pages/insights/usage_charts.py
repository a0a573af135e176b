"""Cost, calls, tokens and times, under each other on one time axis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from coaching_core.usage.models import NO_USAGE, UsageRow, UsageTimings
from pages.components.charts import CATEGORIES, MARK
from pages.insights.usage_data import UsageView
from pages.view_models.usage import Series, stacked
from pages.view_models.usage_rows import group_name
from pages.view_models.words import count, money_total, seconds

_HEIGHTS = (0.37, 0.18, 0.18, 0.27)
_OTHER = MARK["base"]
_COLOURS = tuple(colour for colour in CATEGORIES if colour != _OTHER)
_TIMES = (
    ("Latency p50", "latency_p50", {"color": MARK["accent"], "width": 2}),
    ("Latency p95", "latency_p95", {"color": MARK["accent"], "width": 2, "dash": "dot"}),
    ("TTFT p50", "ttft_p50", {"color": MARK["warn"], "width": 2}),
    ("TTFT p95", "ttft_p95", {"color": MARK["warn"], "width": 2, "dash": "dot"}),
)


def days_figure(view: UsageView) -> go.Figure:
    """The four panels; the last one is empty while percentiles are not there yet."""
    steps, hourly = view.overview.steps, view.wanted.hourly
    figure = make_subplots(rows=4, cols=1, shared_xaxes=True, row_heights=_HEIGHTS, vertical_spacing=0.09)
    when = "%-d %b %Y, %H:00" if hourly else "%-d %b %Y"
    _costs(figure, steps, stacked(steps, _named(view)), when)
    if not hourly:
        _mean_cost(figure, view)
    _bars(figure, 2, steps, (("Calls", _calls, MARK["base"]), ("Errors", _errors, MARK["worse"])), when)
    _bars(figure, 3, steps, (("Input tokens", _input, MARK["accent"]), ("Output tokens", _output, MARK["warn"])), when)
    _times(figure, steps, view.timings, when)
    figure.update_layout(barmode="stack", bargap=0.3, hovermode="closest", legend_traceorder="normal")
    for place in (2, 3, 4):
        figure.update_layout({f"legend{place}": _legend(figure.layout[f"yaxis{place}"].domain[1])})
    figure.update_xaxes(tickformat="%H:%M\n%-d %b" if hourly else "%-d %b", showgrid=False, range=_range(steps, hourly))
    figure.update_yaxes(rangemode="tozero", nticks=4, title_standoff=10)
    for row, title in enumerate(("Cost, $", "Calls", "Tokens", "Time, s"), start=1):
        figure.update_yaxes(title_text=title, row=row)
    figure.update_yaxes(tickprefix="$", row=1)
    return figure


def days_alt(steps: Sequence[UsageRow]) -> str:
    """The chart in a sentence."""
    cost = sum(row.usage.cost_known for row in steps)
    calls = sum(row.usage.calls for row in steps)
    errors = sum(row.usage.errors for row in steps)
    return (
        f"Cost, calls, tokens and times of {count(calls)} calls, {count(errors)} of them errors, "
        f"from {steps[0].key} to {steps[-1].key}; the known cost is ${cost:.4f} in all."
    )


def _named(view: UsageView) -> dict[str, Sequence[Decimal]]:
    by, found = view.choice.stacked_by, view.overview.stack
    rows = {row.key: row for row in view.rows} if by is view.choice.by else {}
    return {group_name(rows.get(key, UsageRow(key, NO_USAGE)), by, view.names): costs for key, costs in found.items()}


def _costs(figure: go.Figure, steps: Sequence[UsageRow], costs: Sequence[Series], when: str) -> None:
    for place, series in enumerate(costs):
        figure.add_trace(
            go.Bar(
                x=[row.key for row in steps],
                y=[float(cost) for cost in series.costs],
                name=series.name,
                marker_color=_OTHER if series.name == "Other" else _COLOURS[place % len(_COLOURS)],
                customdata=[money_total(cost) for cost in series.costs],
                hovertemplate=f"{series.name}<br>%{{x|{when}}}: %{{customdata}}<extra></extra>",
            ),
            row=1,
            col=1,
        )


def _mean_cost(figure: go.Figure, view: UsageView) -> None:
    shown = [one for one in view.smoothed() if one.cost is not None and one.day >= view.choice.first]
    figure.add_trace(
        go.Scatter(
            x=[one.day.isoformat() for one in shown],
            y=[float(one.cost or 0) for one in shown],
            name="Mean of 3 days",
            mode="lines",
            line={"color": MARK["base"], "width": 2, "dash": "dot"},
            customdata=[money_total(one.cost) for one in shown],
            hovertemplate="Mean of 3 days<br>%{x|%-d %b %Y}: %{customdata}<extra></extra>",
        ),
        row=1,
        col=1,
    )


def _bars(
    figure: go.Figure,
    place: int,
    steps: Sequence[UsageRow],
    kinds: Sequence[tuple[str, Callable[[UsageRow], int], str]],
    when: str,
) -> None:
    for name, value_of, colour in kinds:
        values = [value_of(row) for row in steps]
        figure.add_trace(
            go.Bar(
                x=[row.key for row in steps],
                y=values,
                name=name,
                marker_color=colour,
                legend=f"legend{place}",
                customdata=[count(value) for value in values],
                hovertemplate=f"{name}<br>%{{x|{when}}}: %{{customdata}}<extra></extra>",
            ),
            row=place,
            col=1,
        )


def _times(figure: go.Figure, steps: Sequence[UsageRow], timings: UsageTimings | None, when: str) -> None:
    found = {} if timings is None else timings.steps
    for name, field, line in _TIMES:
        values = [getattr(found.get(row.key or ""), field, None) for row in steps]
        figure.add_trace(
            go.Scatter(
                x=[row.key for row in steps],
                y=[None if value is None else value / 1000 for value in values],
                name=name,
                mode="lines+markers",
                marker={"size": 4},
                line=line,
                legend="legend4",
                customdata=[seconds(value) for value in values],
                hovertemplate=f"{name}<br>%{{x|{when}}}: %{{customdata}}<extra></extra>",
            ),
            row=4,
            col=1,
        )


def _calls(row: UsageRow) -> int:
    """Those that are not errors: the bars are stacked."""
    return row.usage.calls - row.usage.errors


def _errors(row: UsageRow) -> int:
    return row.usage.errors


def _input(row: UsageRow) -> int:
    return row.usage.input_tokens


def _output(row: UsageRow) -> int:
    return row.usage.output_tokens


def _range(steps: Sequence[UsageRow], hourly: bool) -> list[str]:
    first, last = (datetime.fromisoformat(row.key or "") for row in (steps[0], steps[-1]))
    half = timedelta(minutes=35) if hourly else timedelta(hours=14)
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
