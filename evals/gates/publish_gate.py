"""The publish gate: what the runs of this installation say to a topic's rule (ledger E7).

The latest finished run of the two contents decides, and all others are shown beside it: whoever runs again until one
passes is seen. The demo's runs never count.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from coaching_core.demo.coaching import DEMO_TENANT
from coaching_core.errors import InvalidDatasetError, NotFoundError
from coaching_core.prompts.gate import GateEvidence, GateFinding, GateKind, GateRequirement, GateStatus, gate_sentence
from coaching_core.prompts.models import TopicVersion
from coaching_core.prompts.reading import PromptReader
from evals.dataset import load_dataset
from evals.gates.evidence import Contrast, PlanFacts, arms, contrasts, evidence, plan_facts
from evals.golden.shelf import DatasetShelf
from evals.rubric import load_rubric
from evals.running.folder import RunState
from evals.runs import RunService, RunSummary
from evals.statistics import required_items

_RUNS_LOOKED_AT = 500
_USUAL_SD = 1.2
"""Standard deviation of paired differences before any run has shown one, points."""
_WORTH_SEEING = 0.3
"""Points; the difference that a run is planned for where none is required or seen."""
_log = logging.getLogger(__name__)


class RunPublishGate:
    """Reads the runs of a topic; implements :class:`coaching_core.prompts.gate.PublishGate`.

    Args:
        runs: All runs.
        prompts: Contents of versions.
        shelf: Where datasets and rubrics are, to see whether they have changed since.
    """

    def __init__(self, runs: RunService, prompts: PromptReader, shelf: DatasetShelf) -> None:
        self._runs = runs
        self._prompts = prompts
        self._shelf = shelf

    def check(self, topic_id: str, baseline: int, candidate: int, requirement: GateRequirement) -> GateFinding:
        """What the runs say of a candidate; see the module for which of them count."""
        versions = {version.number: version for version in self._prompts.versions(topic_id)}
        before, after = versions[baseline], versions[candidate]
        if before.same_content(after):
            status = GateStatus.MET if requirement.kind is GateKind.NOT_WORSE else GateStatus.NOT_MET
            return GateFinding(status, f"{gate_sentence(requirement, status)} Both versions have the same content.")
        known, found, unfinished = [], None, 0
        for run in self._plausible(topic_id, versions, before, after):
            tries = self._contrasts(run, before, after)
            if tries is None:
                continue
            if run.status is not RunState.FINISHED:
                unfinished += 1
                continue
            known.append(evidence(run, tries, requirement, self._stale(plan_facts(run.folder))))
            found = found or tries
        return _finding(requirement, known, found or (), unfinished)

    def _plausible(
        self, topic_id: str, versions: dict[int, TopicVersion], before: TopicVersion, after: TopicVersion
    ) -> list[RunSummary]:
        """Runs that may hold both contents by their numbers, newest first; files have no number."""
        old = {None, *(number for number, one in versions.items() if one.same_content(before))}
        new = {None, *(number for number, one in versions.items() if one.same_content(after))}
        kept = []
        for run in self._runs.list(topic_id=topic_id, limit=_RUNS_LOOKED_AT):
            numbers = {variant.get("topic_version") for variant in run.variants}
            if run.tenant_id != DEMO_TENANT and numbers & old and numbers & new:
                kept.append(run)
        return kept

    def _contrasts(self, run: RunSummary, before: TopicVersion, after: TopicVersion) -> Sequence[Contrast] | None:
        """The run's tries, empty while it is not finished; None where it is not about these two or cannot be read."""
        try:
            tries = arms(plan_facts(run.folder), before, after)
            if not tries:
                return None
            if run.status is not RunState.FINISHED:
                return ()
            return contrasts(run.folder, tries, run.updated_at.isoformat())
        except Exception:  # noqa: BLE001 - a broken run is no evidence, and hides no other
            _log.warning("run %s cannot be read for a publish gate", run.run_id, exc_info=True)
            return None

    def _stale(self, facts: PlanFacts) -> str:
        """What changed since the run was planned; what came from elsewhere cannot have changed here."""
        changed = []
        if _rubric_now(self._shelf.bundled, facts.rubric_name) not in (None, facts.rubric):
            changed.append(f"the rubric {facts.rubric_name}")
        if _dataset_now(self._shelf, facts.dataset) not in (None, facts.dataset_hash):
            changed.append(f"the dataset {facts.dataset}")
        return f"Since this run, {' and '.join(changed)} changed." if changed else ""


def _finding(
    requirement: GateRequirement, known: Sequence[GateEvidence], found: Sequence[Contrast], unfinished: int
) -> GateFinding:
    status = known[0].status if known else GateStatus.NO_EVIDENCE
    return GateFinding(
        status=status,
        sentence=gate_sentence(requirement, status, known[0] if known else None),
        runs=tuple(known),
        unfinished=unfinished,
        needed_items=None if status in (GateStatus.MET, GateStatus.NOT_MET) else _needed(requirement, found),
    )


def _needed(requirement: GateRequirement, found: Sequence[Contrast]) -> int:
    """Items that would show the required difference with 80 % power, if differences vary as in the latest run."""
    overall = next((contrast.comparison.overall for contrast in found if contrast.wanted), None)
    effect = requirement.margin if requirement.kind is GateKind.NOT_WORSE else 0.0
    if effect == 0 and overall is not None and overall.mean is not None:
        effect = max(0.0, overall.mean)
    sd, design_effect = _USUAL_SD, 1.0
    if overall is not None and overall.sd and overall.standard_error:
        sd = overall.sd
        design_effect = overall.n * (overall.standard_error / sd) ** 2
    needed = required_items(sd, max(effect, 0.05) if effect else _WORTH_SEEING, design_effect=design_effect)
    return max(requirement.least_items, needed)


def _rubric_now(datasets_dir: Path, name: str) -> str | None:
    file = datasets_dir / "rubrics" / f"{name}.yaml"
    try:
        return _rubric_text(datasets_dir, name, file.stat().st_mtime_ns)
    except (OSError, NotFoundError, InvalidDatasetError):
        return None


@lru_cache(maxsize=16)
def _rubric_text(datasets_dir: Path, name: str, _changed: int) -> str:
    return load_rubric(datasets_dir, name).model_dump_json()


def _dataset_now(shelf: DatasetShelf, name: str) -> str | None:
    file = shelf.bundled / "golden" / name / "items.jsonl"
    try:
        if shelf.is_own(name):
            return shelf.versions(name)[0].content_hash
        return _dataset_hash(shelf.bundled, name, file.stat().st_mtime_ns)
    except (OSError, NotFoundError, InvalidDatasetError):
        return None


@lru_cache(maxsize=16)
def _dataset_hash(datasets_dir: Path, name: str, _changed: int) -> str:
    return load_dataset(datasets_dir, name).content_hash
