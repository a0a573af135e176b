"""Differences as intervals, a row each: filled mark = clear, open = unclear, diamond = overall."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from pages.components.charts import MARK, chart
from pages.view_models.run_findings import Difference
from pages.view_models.words import DASH, signed

_COLOURS = {"better": MARK["better"], "worse": MARK["worse"], "unclear": MARK["base"], "same": MARK["base"]}
_STEPS = (1.0, 2.0, 2.5, 4.0, 5.0, 10.0)
_ROW_HEIGHT = 36
_SMALLEST_REACH = 0.2


def difference_chart(rows: Sequence[Difference], *, baseline: str, candidate: str, margin: float, key: str) -> None:
    """Draw the rows, the first on top."""
    figure = go.Figure()
    step = _fitting_step(rows, margin)
    places = list(range(len(rows), 0, -1))
    for place, row in zip(places, rows, strict=True):
        _draw(figure, place, row)
    figure.add_vrect(x0=-margin, x1=margin, fillcolor=MARK["zone"], line_width=0, layer="below")
    figure.add_vline(x=0, line={"color": MARK["line"], "width": 1.5}, layer="below")
    _label_rows(figure, rows, places)
    _label_axis(figure, step, baseline, candidate)
    height = _ROW_HEIGHT * len(rows) + 72
    chart(figure, height=height, key=key, alt=alt_text(rows, baseline, candidate))


def alt_text(rows: Sequence[Difference], baseline: str, candidate: str) -> str:
    """The chart in words."""
    told = "; ".join(f"{row.name} {row.figures} {row.sign}" for row in rows)
    return f"Difference in points, {candidate} minus {baseline}. {told}."


def _draw(figure: go.Figure, place: int, row: Difference) -> None:
    if row.mean is None:
        return
    colour = _COLOURS[row.word]
    hover = f"<b>{row.name}</b><br>{row.figures}, n = {row.n}<br>{row.sign}<extra></extra>"
    if row.low is not None and row.high is not None:
        figure.add_scatter(
            x=[row.low, row.high],
            y=[place, place],
            mode="lines",
            line={"color": colour, "width": 4 if row.overall else 2.5},
            hoverinfo="skip",
            showlegend=False,
        )
    shape = "diamond" if row.overall else "circle"
    figure.add_scatter(
        x=[row.mean],
        y=[place],
        mode="markers",
        marker={
            "symbol": shape if row.is_clear else f"{shape}-open",
            "size": 14 if row.overall else 10,
            "color": colour,
            "line": {"width": 2, "color": colour},
        },
        hovertemplate=hover,
        showlegend=False,
    )


def _label_rows(figure: go.Figure, rows: Sequence[Difference], places: Sequence[int]) -> None:
    """Names at the left; value, interval and word at the right, on an axis of their own so that nothing is cut."""
    figures = [
        f"{_bold(row, row.figures)}  {row.sign}" if row.mean is not None else f"{DASH} {row.why}" for row in rows
    ]
    span = [0.4, len(rows) + 0.6]
    axis = {"range": span, "showgrid": False, "tickvals": list(places), "fixedrange": True}
    figure.update_layout(
        yaxis=axis | {"ticktext": [_bold(row, row.name) for row in rows]},
        yaxis2=axis | {"ticktext": figures, "overlaying": "y", "side": "right", "ticklabelposition": "outside"},
    )
    figure.add_scatter(x=[None], y=[None], yaxis="y2", showlegend=False, hoverinfo="skip")


def _bold(row: Difference, text: str) -> str:
    return f"<b>{text}</b>" if row.overall else text


def _label_axis(figure: go.Figure, step: float, baseline: str, candidate: str) -> None:
    ticks = [step * count for count in (-2, -1, 0, 1, 2)]
    figure.update_xaxes(
        range=[-2.3 * step, 2.3 * step],
        tickvals=ticks,
        ticktext=[signed(tick, _decimals(step)) if tick else "0" for tick in ticks],
        showgrid=False,
        fixedrange=True,
        title={"text": f"← {baseline} better{' ' * 6}points{' ' * 6}{candidate} better →"},
    )


def _decimals(step: float) -> int:
    return next((digits for digits in (0, 1, 2) if math.isclose(round(step, digits), step)), 2)


def _fitting_step(rows: Sequence[Difference], margin: float) -> float:
    """The smallest round step with which two to each side hold every interval."""
    ends = [abs(end) for row in rows for end in (row.low, row.high, row.mean) if end is not None]
    reach = max([*ends, margin, _SMALLEST_REACH]) / 2
    power = 10.0 ** math.floor(math.log10(reach))
    return next(power * step for step in _STEPS if power * step >= reach * (1 - 1e-9))
