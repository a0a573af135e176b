"""Conversations and short lists as HTML, everything escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from evals.dataset import Turn


def turns_html(turns: Iterable[Turn]) -> str:
    """A conversation: the person's turns carry the blue line."""
    return f'<div class="cw cw-turns">{"".join(_turn(turn) for turn in turns)}</div>'


def _turn(turn: Turn) -> str:
    kind, who = ("cw-user", "Person") if turn.role == "user" else ("cw-coach", "Coach")
    said = f'<div class="said" dir="auto">{html.escape(turn.content)}</div>'
    return f'<div class="{kind}"><div class="m">{who}</div>{said}</div>'


def points_html(title: str, points: Sequence[str]) -> str:
    """A heading with a list of points."""
    items = "".join(f"<li>{html.escape(point)}</li>" for point in points)
    return f'<div class="cw cw-points"><b>{html.escape(title)}</b><ul>{items}</ul></div>'
