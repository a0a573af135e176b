"""The words and rows of progression. A level that is unknown is a dash, never 0."""

from __future__ import annotations

import csv
import html
import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from coaching_core.progression.ema import Band, ProgressionSettings
from coaching_core.progression.models import Cohort, History, ProgressPoint, TopError, WhatIf
from pages.view_models.words import DASH, count, moment, plural, score

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_HOVER = 320
_CSV_HEAD = ("date", "kind", "score", "ema_after", "explanation", "assessment_id")


def level_words(history: History) -> str:
    """The finding: the level, its band and how far the next one is."""
    if history.ema is None or history.band is None:
        return f"Level {DASH}: no scores yet"
    digits = 1 if history.next_band is None or _shows(history, 1) else 2
    level = f"Level {score(history.ema, digits)}: {history.band}"
    if history.next_band is None or history.distance is None:
        return level
    if not _shows(history, digits):
        return f"{level}, just below {history.next_band}"
    threshold = history.ema + history.distance
    return f"{level}, {score(threshold - float(score(history.ema, digits)), digits)} below {history.next_band}"


def band_word(history: History) -> str:
    """The band by name; a dash without a score."""
    return DASH if history.band is None else str(history.band).capitalize()


def within(points: Sequence[ProgressPoint], start: datetime, end: datetime) -> tuple[ProgressPoint, ...]:
    """The points of a period, both ends included."""
    return tuple(point for point in points if start <= point.at <= end)


def hover_text(point: ProgressPoint, zone: tzinfo) -> str:
    """Date, score and the explanation, as the little HTML that charts know."""
    text = textwrap.shorten(point.explanation_text, _LONGEST_HOVER, placeholder=" …")
    lines = [html.escape(line, quote=False) for line in textwrap.wrap(text, 56)]
    return "<br>".join((f"<b>{moment(point.at, zone)}: {point.score:g}</b>", *lines))


def score_cells(points: Sequence[ProgressPoint], zone: tzinfo) -> list[dict[str, Any]]:
    """The scores as a table is given them, newest first."""
    return [
        {
            "at": point.at.astimezone(zone),
            "kind": kind_word(point),
            "score": point.score,
            "ema": point.ema,
            "explanation": point.explanation_text,
        }
        for point in reversed(points)
    ]


def kind_word(point: ProgressPoint) -> str:
    """How much of a conversation was looked at."""
    return {"interaction": "One turn", "multi_turn": "Several turns"}.get(str(point.kind), str(point.kind))


def scores_csv(points: Sequence[ProgressPoint]) -> bytes:
    """The scores as CSV, newest first, times as ISO 8601 in UTC; a spreadsheet runs nothing in it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_CSV_HEAD)
    for point in reversed(points):
        texts = (point.at.isoformat(), str(point.kind), repr(point.score), repr(point.ema))
        writer.writerow((*texts, _safe(point.explanation_text), _safe(point.assessment_id)))
    return out.getvalue().encode()


@dataclass(frozen=True, slots=True)
class Effect:
    """What other settings would do, in words.

    Attributes:
        finding: Who would change level.
        up, down: How many; both 0 when nobody would.
        settings: What is different from the live settings.
    """

    finding: str
    up: int
    down: int
    settings: str


def effect(what_if: WhatIf, live: ProgressionSettings) -> Effect:
    """The words of the what-if card."""
    changed = len(what_if.changes)
    if what_if.settings == live:
        return Effect("These are the live settings.", 0, 0, "Move a slider to see who would change level.")
    differs = settings_words(what_if.settings, live)
    if not changed:
        return Effect("Nobody would change level.", 0, 0, differs)
    return Effect(
        f"{count(changed)} of {plural(what_if.total, 'person', 'people')} would change level",
        what_if.up,
        what_if.down,
        differs,
    )


def settings_words(then: ProgressionSettings, live: ProgressionSettings) -> str:
    """What is different: ``α from 0.30 to 0.50, N from 20 to 10``."""
    parts = []
    if then.alpha != live.alpha:
        parts.append(f"α from {live.alpha:.2f} to {then.alpha:.2f}")
    if then.window != live.window:
        parts.append(f"N from {live.window} to {then.window}")
    for name in ("developing", "mastery"):
        before, after = getattr(live, name), getattr(then, name)
        if before != after:
            parts.append(f"{name} from {before:.1f} to {after:.1f}")
    return ", ".join(parts)


def change_cells(what_if: WhatIf) -> list[dict[str, Any]]:
    """Those who would change level, as a table is given them."""
    return [
        {
            "name": each.name,
            "now": str(each.band_now).capitalize(),
            "then": str(each.band_then).capitalize(),
            "ema_now": each.ema_now,
            "ema_then": each.ema_then,
        }
        for each in what_if.changes
    ]


def cohort_words(cohort: Cohort) -> str:
    """The movement between bands in a sentence."""
    if cohort.before(None) == sum(move.count for move in cohort.moves):
        return f"{plural(cohort.joined, 'person', 'people')} got a first score."
    parts = [f"{count(cohort.up)} moved up", f"{count(cohort.down)} moved down", f"{count(cohort.stayed)} stayed"]
    text = ", ".join(parts)
    return f"{text}, {count(cohort.joined)} got a first score." if cohort.joined else f"{text}."


def cohort_finding(cohort: Cohort) -> str:
    """The heading over the movement."""
    if cohort.joined and cohort.joined == sum(move.count for move in cohort.moves):
        return f"{plural(cohort.joined, 'person', 'people')} got a first score"
    if cohort.up == cohort.down:
        return "As many moved up as down" if cohort.up else "Nobody moved between bands"
    more = "up" if cohort.up > cohort.down else "down"
    high, low = max(cohort.up, cohort.down), min(cohort.up, cohort.down)
    return f"{count(high)} moved {more}, {count(low)} {'down' if more == 'up' else 'up'}"


def error_cells(errors: Sequence[TopError]) -> list[dict[str, Any]]:
    """The most frequent errors as a table is given them."""
    return [{"label": each.label, "count": each.count, "change": each.change} for each in errors]


def band_name(band: Band | None) -> str:
    """A band on the movement chart."""
    return "No score yet" if band is None else str(band).capitalize()


def _shows(history: History, digits: int) -> bool:
    """Whether the distance is seen at all with so many decimals."""
    if history.ema is None or history.distance is None:
        return False
    return round(history.ema + history.distance - float(score(history.ema, digits)), digits) > 0


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
