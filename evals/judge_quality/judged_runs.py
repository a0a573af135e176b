"""What the judges of a run said, read once for every state of its journal."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from coaching_core.errors import WorkbenchError
from evals.judge_quality.pair_agreement import DecidedPair, decided_pairs
from evals.judge_quality.rated_answers import RatedAnswer, judged_answers
from evals.judge_spec import NEEDS_NO_MODEL
from evals.results.reading import load_results
from evals.results.run_results import RunResults
from evals.rubric import Rubric
from evals.running.folder import RunFolder

JudgeKey = tuple[str, str]
"""(what people call the judge, name and version of its rubric)."""

Stamp = tuple[str, int, int, int]
"""Another one whenever a run has grown, or a judge was added."""

_MOST = 200


@dataclass(frozen=True, slots=True)
class JudgedBy:
    """One judge (or panel) of a run: of single answers, of pairs."""

    key: JudgeKey
    rubric: Rubric
    answers: tuple[RatedAnswer, ...] = ()
    pairs: tuple[DecidedPair, ...] = ()


@dataclass(frozen=True, slots=True)
class JudgedRun:
    """What all judges of a run said, where a model was asked; nobody's labels are in it."""

    variants: tuple[str, ...] = ()
    judges: tuple[JudgedBy, ...] = ()


class JudgedRuns:
    """Reads runs; safe for several threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._read: dict[Path, tuple[Stamp, JudgedRun]] = {}

    def read(self, folder: RunFolder) -> JudgedRun:
        """A run; an empty one where its folder is gone or damaged: its own screen says why."""
        with self._guard:
            stamp = stamp_of(folder)
            known = self._read.pop(folder.path, None)
            found = known[1] if known is not None and known[0] == stamp else _read(folder)
            self._read[folder.path] = (stamp, found)
            while len(self._read) > _MOST:
                self._read.pop(next(iter(self._read)))
            return found


def stamp_of(folder: RunFolder) -> Stamp:
    """Tells one state of a run from the next."""
    return str(folder.path), *_facts(folder.journal), _facts(folder.path / "judges.json")[1]


def _facts(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


def _read(folder: RunFolder) -> JudgedRun:
    try:
        results = load_results(folder)
    except WorkbenchError:
        return JudgedRun()
    found = [
        JudgedBy((panel.label, panel.rubric.label), panel.rubric, judged_answers(results.read_by(panel.id)))
        for panel in results.plan.panels
        if panel.kind not in NEEDS_NO_MODEL
    ]
    return JudgedRun(tuple(variant.id for variant in results.plan.variants), (*found, *_pairwise(results)))


def _pairwise(results: RunResults) -> tuple[JudgedBy, ...]:
    judges = results.plan.pairwise_judges
    if not judges:
        return ()
    key = (" + ".join(judge.model for judge in judges), judges[0].rubric.label)
    return (JudgedBy(key, judges[0].rubric, pairs=decided_pairs(results)),)
