"""One person's scores over the bands, and a cohort's movement between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

import plotly.graph_objects as go

from coaching_core.progression.ema import Band, ProgressionSettings
from coaching_core.progression.models import BandMove, Cohort, ProgressPoint
from pages.components.charts import BAND_FILL, MARK
from pages.view_models.progression import band_name, hover_text
from pages.view_models.words import count, score

_LOW, _HIGH = 0.5, 10.5
_RIGHT = 0.885
"""Where the plot ends and the names of the bands begin."""

_GREY = "rgba(119,134,154,.45)"
_FLOW = {
    Band.NOVICE: "rgba(169,138,72,.38)",
    Band.DEVELOPING: "rgba(103,144,206,.34)",
    Band.MASTERY: "rgba(63,104,190,.42)",
}
_PAD, _INNER_HEIGHT = 16, 280


@dataclass(frozen=True, slots=True)
class Curve:
    """What the level chart shows.

    Attributes:
        points: With the live averages, oldest first, only those of the period.
        what_if: The same scores with other averages; empty when the settings are the live ones.
        what_if_name: What the other settings are called.
    """

    points: Sequence[ProgressPoint]
    settings: ProgressionSettings
    what_if: Sequence[ProgressPoint]
    what_if_settings: ProgressionSettings
    what_if_name: str
    start: datetime
    end: datetime
    zone: tzinfo


def level_figure(curve: Curve) -> go.Figure:
    """Dots for the scores, the average through them, bands behind."""
    figure = go.Figure()
    _bands(figure, curve.settings)
    _thresholds(figure, curve)
    figure.add_trace(
        go.Scatter(
            x=[point.at.astimezone(curve.zone) for point in curve.points],
            y=[point.score for point in curve.points],
            mode="markers",
            name="Score of one assessment",
            marker={"size": 8, "color": "rgba(0,0,0,0)", "line": {"color": MARK["base"], "width": 1.5}},
            customdata=[hover_text(point, curve.zone) for point in curve.points],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    _line(figure, curve.points, curve.zone, "EMA, live settings", {"color": MARK["accent"], "width": 3})
    _line(figure, curve.what_if, curve.zone, curve.what_if_name, {"color": MARK["warn"], "width": 2, "dash": "dash"})
    _value_now(figure, curve)
    figure.update_layout(showlegend=True)
    room = (curve.end - curve.start) * 0.07
    figure.update_xaxes(range=[curve.start, curve.end + room], domain=[0, _RIGHT], tickformat="%-d %b")
    figure.update_xaxes(showgrid=False, showline=True, linecolor=MARK["line"])
    figure.update_yaxes(range=[_LOW, _HIGH], tickvals=[1, 2, 4, 6, 8, 10], showgrid=False, title_text="Score, 1–10")
    return figure


def level_alt(curve: Curve) -> str:
    """The level chart in a sentence."""
    first, last = curve.points[0], curve.points[-1]
    return (
        f"{len(curve.points)} scores; the moving average goes from {score(first.ema)} to {score(last.ema)}. "
        f"Developing begins at {score(curve.settings.developing)}, mastery at {score(curve.settings.mastery)}."
    )


def moves_figure(cohort: Cohort) -> go.Figure:
    """A flow from the bands at the start to those at the end; links take the colour of the band they arrive in."""
    left: list[Band | None] = [band for band in (None, *Band) if cohort.before(band)]
    right = [band for band in Band if cohort.after(band)]
    before, after = [cohort.before(band) for band in left], [cohort.after(band) for band in right]
    most = max(len(left), len(right))
    bands, numbers = [*left, *right], [*before, *after]
    return go.Figure(
        go.Sankey(
            arrangement="fixed",
            node={
                "label": [f"{band_name(band)}  {count(number)}" for band, number in zip(bands, numbers, strict=True)],
                "color": [_GREY if band is None else MARK[band] for band in bands],
                "x": [0.001] * len(left) + [0.999] * len(right),
                "y": [*_centres(before, most), *_centres(after, most)],
                "pad": _PAD,
                "thickness": 12,
                "line": {"width": 0},
                "hovertemplate": "%{label}<extra></extra>",
            },
            link=_links(cohort.moves, left, right),
        )
    )


def _links(moves: Sequence[BandMove], left: Sequence[Band | None], right: Sequence[Band]) -> dict[str, object]:
    return {
        "source": [left.index(move.before) for move in moves],
        "target": [len(left) + right.index(move.after) for move in moves],
        "value": [move.count for move in moves],
        "color": [_FLOW[move.after] for move in moves],
        "customdata": [f"{band_name(move.before)} to {move.after}: {count(move.count)}" for move in moves],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _centres(numbers: Sequence[int], most: int) -> list[float]:
    """Where the nodes of one side lie, from the top: the library would order them by itself otherwise.

    Args:
        most: How many nodes the fuller side has; its gaps decide the scale.
    """
    scale = (_INNER_HEIGHT - (most - 1) * _PAD) / sum(numbers)
    gap = _PAD if len(numbers) < 2 else (_INNER_HEIGHT - scale * sum(numbers)) / (len(numbers) - 1)
    centres, top = [], 0.0
    for number in numbers:
        centres.append((top + number * scale / 2) / _INNER_HEIGHT)
        top += number * scale + gap
    return centres


def _bands(figure: go.Figure, settings: ProgressionSettings) -> None:
    edges = (_LOW, settings.developing, settings.mastery, _HIGH)
    for place, band in enumerate(Band):
        low, high = max(edges[place], _LOW), min(edges[place + 1], _HIGH)
        if low >= high:
            continue
        figure.add_hrect(y0=low, y1=high, fillcolor=BAND_FILL[band], line_width=0, layer="below")
        figure.add_annotation(
            x=_RIGHT,
            xref="paper",
            xanchor="left",
            xshift=8,
            y=(low + high) / 2,
            text=band_name(band),
            showarrow=False,
            font={"size": 12},
        )


def _thresholds(figure: go.Figure, curve: Curve) -> None:
    for name in ("developing", "mastery"):
        live, then = getattr(curve.settings, name), getattr(curve.what_if_settings, name)
        figure.add_hline(y=live, line={"color": MARK["line"], "width": 1, "dash": "dot"}, layer="below")
        if then != live:
            figure.add_hline(y=then, line={"color": MARK["warn"], "width": 1, "dash": "dash"}, layer="below")


def _line(figure: go.Figure, points: Sequence[ProgressPoint], zone: tzinfo, name: str, line: dict[str, object]) -> None:
    if not points:
        return
    figure.add_trace(
        go.Scatter(
            x=[point.at.astimezone(zone) for point in points],
            y=[point.ema for point in points],
            mode="lines",
            name=name,
            line=line,
            hovertemplate="%{y:.2f}<extra>" + name + "</extra>",
        )
    )


def _value_now(figure: go.Figure, curve: Curve) -> None:
    last = curve.points[-1]
    at = last.at.astimezone(curve.zone)
    figure.add_trace(
        go.Scatter(
            x=[at],
            y=[last.ema],
            mode="markers",
            marker={"size": 10, "color": MARK["accent"]},
            showlegend=False,
            hoverinfo="skip",
        )
    )
    figure.add_annotation(
        x=at, y=last.ema, text=f"<b>{score(last.ema)}</b>", showarrow=False, xanchor="left", xshift=8, font={"size": 14}
    )
