"""What is known of every judge of this installation: from people's labels of runs, and from checks."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from coaching_core.clock import utc_now
from coaching_core.errors import NotFoundError
from evals.agreement.labels import PairLabel, ScoreLabel
from evals.judge_quality.check_plan import CHECK_NAME
from evals.judge_quality.correlation import Coefficient
from evals.judge_quality.human_agreement import CriterionAgreement, agreement_of
from evals.judge_quality.judged_runs import JudgedRun, JudgedRuns, JudgeKey, stamp_of
from evals.judge_quality.length_bias import length_bias
from evals.judge_quality.pair_agreement import (
    DecidedPair,
    OrderEffects,
    Pair,
    PairAgreement,
    order_effects,
    pair_agreement,
    with_votes,
)
from evals.judge_quality.people_said import people_said
from evals.judge_quality.quality import JudgeQuality, newest, read_quality
from evals.judge_quality.rated_answers import RatedAnswer, with_people
from evals.judge_quality.starting import CheckPlace, CheckRequest, lay_out_check
from evals.labelling import LabelService
from evals.results.reading import load_results
from evals.rubric import Rubric
from evals.running.folder import JUDGE_CHECK, JUDGE_QUALITY, RunFolder
from evals.runs import RunService

_MOST_RUNS = 1_000


@dataclass(frozen=True, slots=True)
class JudgeStanding:
    """One judge by one rubric.

    Attributes:
        judge: Its model, or the models of a panel.
        runs: Finished or not, that it is the headline of; checks of judges are not counted.
        labelled_runs: Runs of which people labelled answers that it judged.
        scores: Agreement with people, the weighted score first; empty without labels.
        pairs, orders: As a pairwise judge, over the same runs; None where it compared nothing there.
        check: The newest check.
    """

    judge: str
    rubric: str
    runs: int
    labelled_runs: tuple[str, ...] = ()
    scores: tuple[CriterionAgreement, ...] = ()
    length: Coefficient | None = None
    pairs: PairAgreement | None = None
    orders: OrderEffects | None = None
    check: JudgeQuality | None = None

    @property
    def overall(self) -> CriterionAgreement | None:
        """Agreement on the weighted score; None without labels."""
        return self.scores[0] if self.scores and self.scores[0].labels else None


@dataclass(slots=True)
class _Seen:
    """What a judge said of answers that people labelled; each answer of a run once, whoever asked again."""

    rubric: Rubric
    answers: dict[tuple[str, str, str], RatedAnswer] = field(default_factory=dict)
    pairs: dict[tuple[str, Pair], DecidedPair] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Labelled:
    """A run that people labelled.

    Attributes:
        rubrics: By which they did.
    """

    run_id: str
    rubrics: frozenset[str]
    scores: tuple[ScoreLabel, ...]
    pairs: tuple[PairLabel, ...]


class JudgeQualityService:
    """What screens ask about judges.

    Args:
        runs_folder: Where checks are made.
    """

    def __init__(self, runs: RunService, labels: LabelService, runs_folder: Path) -> None:
        self._runs = runs
        self._labels = labels
        self._runs_folder = runs_folder
        self._guard = threading.Lock()
        self._judged = JudgedRuns()
        self._checks: dict[Path, tuple[int, JudgeQuality | None]] = {}
        self._labelled: tuple[str, tuple[_Labelled, ...]] = ("", ())
        self._known: tuple[object, Mapping[JudgeKey, JudgeStanding]] = (None, {})

    def checks(self) -> tuple[JudgeQuality, ...]:
        """Every check that has come to its end, newest first."""
        with self._guard:
            found = [self._check(file) for file in self._runs_folder.glob(f"*/{JUDGE_QUALITY}")]
        return tuple(sorted((one for one in found if one), key=lambda one: one.checked_at, reverse=True))

    def under_way(self) -> tuple[str, ...]:
        """Runs of checks that have no figures yet, newest first: they are at work, or were stopped."""
        found = [file.parent for file in self._runs_folder.glob(f"*/{JUDGE_CHECK}")]
        return tuple(sorted((one.name for one in found if not (one / JUDGE_QUALITY).exists()), reverse=True))

    def standings(self) -> tuple[JudgeStanding, ...]:
        """Every judge that judged a run, was checked, or whose answers people labelled; the most used first."""
        used: dict[JudgeKey, int] = {}
        for run in self._runs.list(limit=_MOST_RUNS):
            if run.judge and not run.dataset.startswith(CHECK_NAME):
                used[run.judge, run.rubric] = used.get((run.judge, run.rubric), 0) + 1
        known = self._of_labels()
        checks = self.checks()
        keys = dict.fromkeys((*used, *known, *((check.judge, check.rubric) for check in checks)))
        found = [self._standing(key, used.get(key, 0), known, checks) for key in keys]
        return tuple(sorted(found, key=lambda one: (-one.runs, one.judge, one.rubric)))

    def agreement(self, judge: str, rubric: str) -> CriterionAgreement | None:
        """How far a judge agrees with people on the weighted score; None where it was never held against them.

        Args:
            judge: What people call it, as in :class:`evals.judge_spec.Panel`.
            rubric: Name and version.
        """
        standing = self._of_labels().get((judge, rubric))
        if standing is not None and standing.overall is not None:
            return standing.overall
        found = newest(
            one for one in self.checks() if (one.judge, one.rubric) == (judge, rubric) and one.overall.labels
        )
        return None if found is None else found.overall

    def start(self, request: CheckRequest, place: CheckPlace, run_id: str = "") -> RunFolder:
        """Lay a check out and start a process that carries it out.

        Args:
            run_id: The run whose answers are judged; empty for the product's own probes.

        Returns:
            The folder of its first run.

        Raises:
            WorkbenchError: It cannot be carried out, or a limit has no room for it; the message says why.
        """
        source = load_results(self._runs.folder(run_id)) if run_id else None
        said = people_said(self._labels, run_id).items if run_id else frozenset()
        first, *others = lay_out_check(request, place, utc_now(), source, said)
        for folder in others:
            self._runs.ingest.register(folder)
        command = ["judges", "check", "--resume", first.run_id, "--out", str(first.path.parent)]
        self._runs.hand_over(first, command)
        return first

    def _standing(
        self, key: JudgeKey, runs: int, known: Mapping[JudgeKey, JudgeStanding], checks: Iterable[JudgeQuality]
    ) -> JudgeStanding:
        check = newest(one for one in checks if (one.judge, one.rubric) == key)
        had = known.get(key)
        if had is None:
            return JudgeStanding(*key, runs, check=check)
        return JudgeStanding(*key, runs, had.labelled_runs, had.scores, had.length, had.pairs, had.orders, check)

    def _check(self, file: Path) -> JudgeQuality | None:
        stamp = file.stat().st_mtime_ns
        if file not in self._checks or self._checks[file][0] != stamp:
            self._checks[file] = (stamp, read_quality(file))
        return self._checks[file][1]

    def _of_labels(self) -> Mapping[JudgeKey, JudgeStanding]:
        """What labels say, computed again only when there is a new label or a run has grown."""
        state, labelled = self._labelled_runs()
        checks = self.checks() if labelled else ()
        sources = [(one, folder) for one in labelled for folder in self._folders(one.run_id, checks)]
        stamp = (state, tuple(stamp_of(folder) for _, folder in sources))
        known = self._known
        if known[0] != stamp:
            seen: dict[JudgeKey, _Seen] = {}
            for one, folder in sources:
                _join(seen, self._judged.read(folder), one)
            known = self._known = (stamp, {key: _standing_of(key, found) for key, found in seen.items()})
        return known[1]

    def _labelled_runs(self) -> tuple[str, tuple[_Labelled, ...]]:
        state = self._labels.state()
        kept = self._labelled
        if kept[0] != state:
            rubrics: dict[str, set[str]] = {}
            for progress in self._labels.queues():
                if progress.done:
                    rubrics.setdefault(progress.queue.run_id, set()).add(progress.queue.rubric.label)
            found = tuple(
                _Labelled(run_id, frozenset(names), self._labels.scores_of(run_id), self._labels.pairs_of(run_id))
                for run_id, names in rubrics.items()
            )
            kept = self._labelled = (state, found)
        return kept

    def _folders(self, run_id: str, checks: Iterable[JudgeQuality]) -> Sequence[RunFolder]:
        """The run itself first, then checks on its answers."""
        found = [RunFolder(self._runs_folder / one.run_id) for one in checks if one.source_run == run_id]
        try:
            return (self._runs.folder(run_id), *found)
        except NotFoundError:
            return found


def _join(seen: dict[JudgeKey, _Seen], run: JudgedRun, labelled: _Labelled) -> None:
    """Put labels beside what each judge of a run, or of a check on its answers, said."""
    for judge in run.judges:
        if judge.rubric.label not in labelled.rubrics:
            continue
        found = seen.setdefault(judge.key, _Seen(judge.rubric))
        for answer in with_people(judge.answers, labelled.scores, judge.rubric, run.variants):
            if answer.people:
                key = (labelled.run_id, answer.item, answer.variant)
                found.answers.setdefault(key, replace(answer, run_id=labelled.run_id))
        for pair in with_votes(judge.pairs, labelled.pairs) if labelled.pairs else ():
            found.pairs.setdefault((labelled.run_id, pair.key), replace(pair, run_id=labelled.run_id))


def _standing_of(key: JudgeKey, seen: _Seen) -> JudgeStanding:
    answers, pairs = tuple(seen.answers.values()), tuple(seen.pairs.values())
    return JudgeStanding(
        *key,
        runs=0,
        labelled_runs=tuple(
            dict.fromkeys([one.run_id for one in answers] + [one.run_id for one in pairs if one.votes])
        ),
        scores=agreement_of(answers, seen.rubric) if answers else (),
        length=length_bias(answers) if answers else None,
        pairs=pair_agreement(pairs) if pairs else None,
        orders=order_effects(pairs) if pairs else None,
    )
