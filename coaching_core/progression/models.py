"""What the progression dashboard shows (ledger A5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from coaching_core.assessments.models import AssessmentKind
from coaching_core.progression.ema import Band, ProgressionSettings


@dataclass(frozen=True, slots=True)
class Person:
    """A coachee to choose.

    Attributes:
        name: The id where no name is known.
        assessments: All assessments of this person, of every kind.
        scores: Those that count for progress.
        last_at: When the latest was made; None without any.
    """

    user_id: str
    name: str
    assessments: int
    scores: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class FocusCount:
    """A focus to choose, with how many people have been assessed on it, and how often.

    Attributes:
        title: The id where no title is known.
        scores: Assessments that count for progress.
    """

    focus_id: str
    title: str
    description: str
    people: int
    assessments: int
    scores: int


@dataclass(frozen=True, slots=True)
class ProgressPoint:
    """One score and the average after it."""

    at: datetime
    score: float
    ema: float
    explanation_text: str
    assessment_id: str
    kind: AssessmentKind


@dataclass(frozen=True, slots=True)
class History:
    """One person's way on one focus.

    Attributes:
        points: Oldest first.
        ema: The average now; None when nothing has been scored.
        band: The level now; None likewise.
        next_band: The level above; None in the highest or without a score.
        distance: How far the average lies below ``next_band``; None with it.
    """

    points: tuple[ProgressPoint, ...]
    settings: ProgressionSettings
    ema: float | None
    band: Band | None
    next_band: Band | None
    distance: float | None


@dataclass(frozen=True, slots=True)
class BandMove:
    """How many went from one band to another between two moments.

    Attributes:
        before: None for those who had no score yet at the first moment.
    """

    before: Band | None
    after: Band
    count: int


@dataclass(frozen=True, slots=True)
class Cohort:
    """Movement between bands. With a focus it counts people, without one it counts pairs of person and focus.

    Attributes:
        moves: Only those that happened, those without a level before first, then from low to high.
    """

    start: datetime
    end: datetime
    moves: tuple[BandMove, ...]

    def count(self, before: Band | None, after: Band) -> int:
        """How many went this way; the matrix, cell by cell."""
        return sum(move.count for move in self.moves if (move.before, move.after) == (before, after))

    def before(self, band: Band | None) -> int:
        """How many were in this band at the start; None: had no level yet."""
        return sum(move.count for move in self.moves if move.before is band)

    def after(self, band: Band) -> int:
        """How many are in this band at the end."""
        return sum(move.count for move in self.moves if move.after is band)

    @property
    def up(self) -> int:
        """How many rose by a band or two."""
        return sum(move.count for move in self.moves if _step(move) > 0)

    @property
    def down(self) -> int:
        """How many fell by a band or two."""
        return sum(move.count for move in self.moves if _step(move) < 0)

    @property
    def stayed(self) -> int:
        """How many had a level at both moments, and the same."""
        return sum(move.count for move in self.moves if move.before is move.after)

    @property
    def joined(self) -> int:
        """How many got their first score in between."""
        return self.before(None)


@dataclass(frozen=True, slots=True)
class LevelChange:
    """Somebody whose band would be another one."""

    user_id: str
    name: str
    focus_id: str
    ema_now: float
    ema_then: float
    band_now: Band
    band_then: Band


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What other settings would change.

    Attributes:
        changes: Who would change level, by name.
        total: How many have a level at all: people, or pairs of person and focus when no focus was named.
    """

    settings: ProgressionSettings
    changes: tuple[LevelChange, ...]
    total: int

    @property
    def up(self) -> int:
        """How many would rise."""
        return sum(_ORDER[change.band_then] > _ORDER[change.band_now] for change in self.changes)

    @property
    def down(self) -> int:
        """How many would fall."""
        return len(self.changes) - self.up


@dataclass(frozen=True, slots=True)
class TopError:
    """A sort of mistake and how often it was made.

    Attributes:
        label: The key in words, to show.
        count: In the period asked for.
        before: In the period of the same length before it; None when nothing at all was assessed then.
        example: The message of one of them.
    """

    key: str
    label: str
    count: int
    before: int | None
    example: str

    @property
    def change(self) -> int | None:
        """More or fewer than in the period before; None when there is nothing to compare with."""
        return None if self.before is None else self.count - self.before


_ORDER = {band: place for place, band in enumerate(Band)}


def _step(move: BandMove) -> int:
    return 0 if move.before is None else _ORDER[move.after] - _ORDER[move.before]
