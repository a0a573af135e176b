"""Makes the demo's coachees, their sessions and what was assessed: most get better, some stay, some fall back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from coaching_core.assessments.models import (
    Assessment,
    AssessmentCategory,
    AssessmentKind,
    Coachee,
    Focus,
    Interaction,
    UserFocus,
    UserSession,
)
from coaching_core.demo.calendar import DAYS, draw_moment
from coaching_core.demo.feedback import MISTAKES, NEXT_STEPS, OBSERVATIONS, PRAISE, PROGRESS, SUMMARIES, Mistake
from coaching_core.demo.people import draw_names
from coaching_core.demo.practice import PRACTICES, Practice
from coaching_core.demo.texts import Conversation, capital

DEMO_TENANT = "demo"
"""Everything of the demo carries this tenant, and nothing else does."""

COACHEES = 142

_FOCUS_POPULARITY = (9.0, 4.5, 3.0, 2.5, 3.0, 2.0)
_FOCUS_SHARES = (0.56, 0.28, 0.16)
_LONGEST_SESSION = timedelta(minutes=45)
_RUBRIC = "coaching_quality 1"


@dataclass(frozen=True, slots=True)
class Trajectory:
    """How a person's skill on one focus goes over the 90 days, on the scale of scores."""

    start: float
    change: float
    bend: float

    def level(self, progress: float) -> float:
        """The skill after this share (0 to 1) of the time."""
        return float(self.start + self.change * progress**self.bend)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A coachee with the focuses chosen, the first one first, and where each of them leads."""

    coachee: Coachee
    practices: tuple[Practice, ...]
    trajectories: tuple[Trajectory, ...]
    sessions_a_week: float


@dataclass(slots=True)
class CoachingRecords:
    """Everything that happened between coachees and coach, in order of making."""

    coachees: list[Coachee] = field(default_factory=list)
    focuses: list[Focus] = field(default_factory=list)
    user_focuses: list[UserFocus] = field(default_factory=list)
    sessions: list[UserSession] = field(default_factory=list)
    interactions: list[Interaction] = field(default_factory=list)
    assessments: list[Assessment] = field(default_factory=list)


def make_coaching(seed: int, now: datetime) -> CoachingRecords:
    """All records of the coaching side; the same for the same seed and moment."""
    dice = Random(f"{seed}:coaching")
    records = CoachingRecords(focuses=[_focus(practice) for practice in PRACTICES])
    enrolments = _enrol(dice, now, records)
    used: set[str] = set()
    for start, enrolment in sorted(_schedule(dice, enrolments, now), key=lambda entry: entry[0]):
        _Sitting(dice, enrolment, start, now, records).hold(used)
    records.assessments.sort(key=lambda one: one.created_at)
    return records


def _focus(practice: Practice) -> Focus:
    return Focus.create(
        id=practice.focus_id, tenant_id=DEMO_TENANT, title=practice.title, description=practice.description
    )


def _enrol(dice: Random, now: datetime, records: CoachingRecords) -> list[Enrolment]:
    enrolments = []
    for number, name in enumerate(draw_names(dice, COACHEES), start=1):
        late = dice.random() < 0.2
        joined = now - timedelta(days=DAYS - (dice.uniform(5, 45) if late else dice.uniform(0, 5)))
        coachee = Coachee.create(id=f"demo-coachee-{number:03d}", tenant_id=DEMO_TENANT, name=name, created_at=joined)
        practices = _choose_practices(dice)
        records.coachees.append(coachee)
        records.user_focuses += [
            UserFocus.create(
                id=f"{coachee.id}-focus-{position}",
                tenant_id=DEMO_TENANT,
                user_id=coachee.id,
                focus_id=practice.focus_id,
                position=position,
                active=True,
                started_at=joined,
                updated_at=joined,
            )
            for position, practice in enumerate(practices, start=1)
        ]
        trajectories = tuple(_draw_trajectory(dice) for _ in practices)
        enrolments.append(Enrolment(coachee, practices, trajectories, sessions_a_week=dice.gammavariate(6, 0.145)))
    return enrolments


def _choose_practices(dice: Random) -> tuple[Practice, ...]:
    wanted = 3 if dice.random() < 0.6 else 2
    left = dict(zip(PRACTICES, _FOCUS_POPULARITY, strict=True))
    chosen = []
    for _ in range(wanted):
        (practice,) = dice.choices(list(left), weights=list(left.values()))
        del left[practice]
        chosen.append(practice)
    return tuple(chosen)


def _draw_trajectory(dice: Random) -> Trajectory:
    fate = dice.random()
    if fate < 0.64:
        return Trajectory(dice.uniform(1.6, 5.8), dice.uniform(2.0, 5.4), dice.uniform(0.5, 1.3))
    if fate < 0.72:
        return Trajectory(dice.uniform(2.5, 4.5), dice.uniform(3, 4.5), dice.uniform(3, 5))
    if fate < 0.9:
        return Trajectory(min(9.3, max(1.5, dice.gauss(5.4, 2))), dice.uniform(-0.3, 0.3), 1)
    return Trajectory(dice.uniform(5.5, 9.2), dice.uniform(-4.2, -2.0), dice.uniform(0.7, 1.4))


def _schedule(dice: Random, enrolments: list[Enrolment], now: datetime) -> list[tuple[datetime, Enrolment]]:
    latest = now - _LONGEST_SESSION
    entries = []
    for enrolment in enrolments:
        joined = enrolment.coachee.created_at
        weeks = (latest - joined) / timedelta(weeks=1)
        count = max(2, round(weeks * enrolment.sessions_a_week))
        entries += [(draw_moment(dice, joined, latest), enrolment) for _ in range(count)]
    return entries


class _Sitting:
    """One session: its turns and what is assessed of them."""

    def __init__(
        self, dice: Random, enrolment: Enrolment, start: datetime, now: datetime, records: CoachingRecords
    ) -> None:
        self._dice = dice
        self._records = records
        self._enrolment = enrolment
        self._id = f"demo-session-{len(records.sessions) + 1:04d}"
        self._start = start
        self._progress = min(1.0, max(0.0, 1 - (now - start) / timedelta(days=DAYS)))
        self._mood = dice.gauss(0, 0.4)
        shares = _FOCUS_SHARES[: len(enrolment.practices)]
        (self._main,) = dice.choices(range(len(shares)), weights=shares)
        self._turns: list[Interaction] = []
        self._who = ""

    def hold(self, used: set[str]) -> None:
        """Let it happen."""
        conversation = Conversation(self._dice, self._enrolment.practices[self._main], used)
        at = self._start
        for _ in range(self._dice.choices((2, 3, 4, 5, 6, 7), weights=(1, 3, 5, 4, 3, 1))[0]):
            self._talk(conversation, at)
            at += timedelta(seconds=self._dice.uniform(50, 240))
        self._who = conversation.who
        self._close(at)
        for turn in self._turns:
            self._assess_turn(turn)
        self._assess_together()
        if self._dice.random() < 0.62:
            self._summarise(at)

    def _talk(self, conversation: Conversation, at: datetime) -> None:
        told, answered = conversation.turn()
        turn = Interaction.create(
            id=f"demo-turn-{len(self._records.interactions) + 1:05d}",
            tenant_id=DEMO_TENANT,
            session_id=self._id,
            user_text=told,
            ai_response=answered,
            created_at=at,
        )
        self._turns.append(turn)
        self._records.interactions.append(turn)

    def _close(self, at: datetime) -> None:
        self._records.sessions.append(
            UserSession.create(
                id=self._id,
                tenant_id=DEMO_TENANT,
                user_id=self._enrolment.coachee.id,
                started_at=self._start,
                ended_at=at,
            )
        )

    def _assess_turn(self, turn: Interaction) -> None:
        if self._dice.random() < 0.46:
            self._keep_progress(AssessmentKind.INTERACTION, (turn,), self._main)
        if self._dice.random() < 0.24 - 0.08 * self._progress:
            self._keep_mistake(turn)

    def _assess_together(self) -> None:
        if len(self._turns) < 3 or self._dice.random() > 0.38:
            return
        together = tuple(self._turns[-self._dice.randint(2, min(5, len(self._turns))) :])
        group_id = f"{self._id}-group"
        self._keep_progress(AssessmentKind.MULTI_TURN, together, self._main, group_id)
        others = [place for place in range(len(self._enrolment.practices)) if place != self._main]
        if self._dice.random() < 0.5:
            self._keep_progress(AssessmentKind.MULTI_TURN, together, self._dice.choice(others), group_id)

    def _keep_progress(
        self, kind: AssessmentKind, turns: tuple[Interaction, ...], place: int, group_id: str | None = None
    ) -> None:
        focus_id = self._enrolment.practices[place].focus_id
        score = self._draw_score(place)
        said = self._dice.choice(PROGRESS[focus_id].at(score)).format(who=self._who)
        then = self._dice.choice(PRAISE if score >= 7 else NEXT_STEPS)
        self._keep(
            turns[-1].created_at,
            kind=kind,
            category=AssessmentCategory.PROGRESS,
            interaction_ids=[turn.id for turn in turns],
            focus_id=focus_id,
            score=score,
            explanation_text=f"{capital(said)} {then}".strip(),
            group_id=group_id,
        )

    def _keep_mistake(self, turn: Interaction) -> None:
        focus_id = self._enrolment.practices[self._main].focus_id
        mistake = self._draw_mistake(focus_id)
        message = self._dice.choice(mistake.messages)
        error = {"key": mistake.key, "message": message, "severity": mistake.severity}
        if self._dice.random() < 0.7:
            error["suggestion"] = self._dice.choice(mistake.suggestions)
        self._keep(
            turn.created_at,
            kind=AssessmentKind.INTERACTION,
            category=AssessmentCategory.ERROR,
            interaction_ids=[turn.id],
            focus_id=focus_id,
            errors=[error],
            explanation_text=capital(self._dice.choice(OBSERVATIONS).format(who=self._who, message=message)),
        )

    def _summarise(self, at: datetime) -> None:
        title = self._enrolment.practices[self._main].title.lower()
        self._keep(
            at,
            kind=AssessmentKind.SESSION_SUMMARY,
            category=AssessmentCategory.PROGRESS,
            score=self._draw_score(self._main) if self._dice.random() < 0.8 else None,
            explanation_text=capital(self._dice.choice(SUMMARIES).format(focus=title, who=self._who)),
        )

    def _keep(self, after: datetime, **fields: Any) -> None:
        self._records.assessments.append(
            Assessment.create(
                id=f"demo-assessment-{len(self._records.assessments) + 1:05d}",
                tenant_id=DEMO_TENANT,
                user_id=self._enrolment.coachee.id,
                session_id=self._id,
                rubric_version=_RUBRIC,
                created_at=after + timedelta(seconds=self._dice.uniform(2, 7)),
                **fields,
            )
        )

    def _draw_score(self, place: int) -> int:
        level = self._enrolment.trajectories[place].level(self._progress) + self._mood
        return min(10, max(1, round(self._dice.gauss(level, 1.05))))

    def _draw_mistake(self, focus_id: str) -> Mistake:
        own = [mistake for mistake in MISTAKES if mistake.focus_id == focus_id]
        weights = [one.early + (one.late - one.early) * self._progress for one in own]
        return self._dice.choices(own, weights=weights)[0]
