"""Intervals drawn to scale: where a mark stands, what is filled, and an axis that holds them all."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.reports.interval_strips import Axis, Strip, draw_strips, fitting_step
from evals.statistics import Interval
from tests.evals.report_making import Page

AXIS = Axis(step=0.5, margin=0.1, left="v14", right="v15")
BETTER = Strip("Listening", 0.5, Interval(0.25, 0.75), "better")
points = st.floats(-9, 9)


def drawn(*strips: Strip, axis: Axis = AXIS) -> str:
    return str(draw_strips(strips, axis))


def attributes(markup: str, name: str, class_: str) -> dict[str, str]:
    """The attributes of the first element of this name and class."""
    (found, *_) = re.findall(rf'<{name} class="{class_}"([^>]*)>', markup)
    return dict(re.findall(r'([a-z0-9]+)="([^"]*)"', found))


def test_an_interval_and_its_mark_stand_where_the_scale_says() -> None:
    markup = drawn(BETTER)
    assert attributes(markup, "line", "bar") == {"x1": "61.00%", "x2": "83.00%", "y1": "15", "y2": "15"}
    assert attributes(markup, "circle", "mark filled") == {"cx": "72.00%", "cy": "15", "r": "5"}
    assert attributes(markup, "line", "zero") == {"x1": "50.00%", "x2": "50.00%", "y1": "0", "y2": "30"}
    assert attributes(markup, "rect", "zone") == {"x": "45.60%", "y": "0", "width": "8.80%", "height": "30"}
    ticks = re.findall(r'<text x="([\d.]+)%" y="13" text-anchor="middle">([^<]*)</text>', markup)
    assert ticks == [("6.00", "−1"), ("28.00", "−0.5"), ("50.00", "0"), ("72.00", "+0.5"), ("94.00", "+1")]


@given(points, points, st.floats(0.01, 5))
def test_larger_differences_stand_further_right(one: float, two: float, step: float) -> None:
    axis = Axis(step, 0.1, "a", "b")
    assert (axis.place(one) < axis.place(two)) == (one < two) or abs(one - two) < 1e-9
    assert axis.place(0) == 50
    assert axis.place(2 * step) - 50 == pytest.approx(50 - axis.place(-2 * step))


@pytest.mark.parametrize("word", ["better", "worse", "unclear", "same"])
def test_a_clear_mark_is_filled_and_an_unclear_one_open(word: str) -> None:
    markup = drawn(Strip("Focus", 0.5, Interval(0.25, 0.75), word))
    clear = word in ("better", "worse")
    assert ('class="mark filled"' in markup, 'class="mark open"' in markup) == (clear, not clear)
    assert f'<g class="{word}">' in markup
    colour = {"better": "up", "worse": "down"}.get(word, "m")
    shown = {"better": "▲ better", "worse": "▼ worse"}.get(word, word)
    assert f'<span class="{colour}">{shown}</span>' in markup


def test_the_whole_score_is_a_diamond() -> None:
    markup = drawn(Strip("Overall", 0.5, Interval(0.25, 0.75), "better", overall=True))
    assert '<tr class="overall">' in markup
    assert "<circle" not in markup
    assert '<svg x="72.00%" y="15" overflow="visible" class="at"><path class="mark filled" d="M0 -8L8' in markup
    assert 'class="overall"' not in drawn(BETTER)


def test_the_numbers_stand_beside_the_picture() -> None:
    page = Page(drawn(BETTER, Strip("Focus", 0.5, None, "unclear", why="One value."), why_there_is_none()).encode())
    assert page.lines == [
        "Criterion | Difference, points | 95 % interval",
        "Listening | | +0.50 [+0.25, +0.75] ▲ better",
        "Focus | | +0.50 One value. unclear",
        "Depth | | — There is no value.",
        "−1 −0.5 0 +0.5 +1 ← v14 better v15 better →",
    ]


def why_there_is_none() -> Strip:
    return Strip("Depth", None, None, "unclear", why="There is no value.")


def test_without_a_mean_there_is_no_mark_and_without_an_interval_no_bar() -> None:
    nothing, alone = drawn(why_there_is_none()), drawn(Strip("Focus", 0.5, None, "unclear"))
    assert ("mark" in nothing, 'class="bar"' in nothing) == (False, False)
    assert ("mark" in alone, 'class="bar"' in alone) == (True, False)


@pytest.mark.parametrize(
    ("low", "high", "margin", "step"),
    [
        (-0.05, 0.05, 0.0, 0.1),
        (-0.05, 0.05, 0.5, 0.25),
        (-0.3, 0.1, 0.1, 0.2),
        (0.1, 0.41, 0.1, 0.25),
        (-0.6, 0.1, 0.1, 0.4),
        (-0.9, 0.2, 0.1, 0.5),
        (-1.0, 0.0, 0.1, 0.5),
        (-1.01, 0.0, 0.1, 1.0),
        (0.2, 3.0, 0.1, 2.0),
        (0.2, 4.5, 0.1, 2.5),
        (-40.0, 40.0, 0.1, 5.0),
    ],
)
def test_the_axis_has_round_steps_and_just_holds_everything(
    low: float, high: float, margin: float, step: float
) -> None:
    strip = Strip("Listening", (low + high) / 2, Interval(low, high), "unclear")
    assert fitting_step([strip], margin, scale_width=9) == pytest.approx(step)


def test_a_mean_without_an_interval_is_held_too() -> None:
    assert fitting_step([Strip("Focus", -3.0, None, "unclear")], 0.1, 9) == pytest.approx(2.0)
    assert fitting_step([why_there_is_none()], 0.1, 9) == pytest.approx(0.1)


@given(st.lists(st.tuples(points, points), min_size=1, max_size=5), st.floats(0, 1))
def test_every_interval_within_the_scale_is_on_the_axis(ends: list[tuple[float, float]], margin: float) -> None:
    strips = [Strip("x", None, Interval(min(pair), max(pair)), "unclear") for pair in ends]
    step = fitting_step(strips, margin, 9)
    reach = max(abs(end) for pair in ends for end in pair)
    assert 2 * step >= reach * (1 - 1e-6)
    assert step <= max(reach, margin, 0.2) / 2 * 2.01
