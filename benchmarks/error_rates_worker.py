"""The child process of the error-rate benchmark: many real runs of the runner, one JSON line for each on stdout.

``python -m benchmarks.error_rates_worker --planted "SENTENCE" --items 120 --first 0 --last 499``
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.workplace import settings_of
from coaching_core.llm.assembly import build_catalogue, build_providers, equip
from coaching_core.llm.call_journal import CallJournal
from coaching_core.llm.gateway import Gateway
from coaching_core.prompts.models import TopicVersion
from coaching_core.prompts.seeds import load_seed
from coaching_core.settings import Settings
from evals.dataset import GoldenDataset, load_dataset
from evals.plan import PlanRequest, RunPlan
from evals.planning import PlanContext, build_plan_for
from evals.results.reading import load_results
from evals.results.run_results import RunResults
from evals.running.cell_accounting import CellLedger
from evals.running.folder import RunFolder
from evals.running.runner import Runner
from evals.stopping.sequential import Decision, Watch

TOPIC, DATASET = "core_values", "coaching_reply"
_BEGUN = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Arms:
    """What is compared: the seeded prompt with itself, or with one that lacks a sentence.

    Attributes:
        planted: The sentence that the candidate lacks; empty for A/A.
        items: How many are drawn, another sample for each seed; None for all.
    """

    planted: str = ""
    items: int | None = None
    repeats: int = 1
    sequential: bool = False


class Laboratory:
    """Carries out runs with simulated models at no pace, each in a folder that is gone afterwards."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings.model_copy(update={"simulated_pace": 0.0})
        self._dataset: GoldenDataset = load_dataset(settings.datasets_dir, DATASET)
        self._catalogue = build_catalogue(self._settings)
        self._providers = build_providers(self._settings)
        self._seed_version = _seed_version(settings)
        self.price = self._catalogue.cost

    def plan(self, arms: Arms, seed: int) -> RunPlan:
        """The plan of one run: both arms with seeds of their own."""
        system = self._seed_version.prompts["system"]
        if arms.planted not in system:
            raise ValueError(f"the prompt has no sentence “{arms.planted}”")
        prompts = {**self._seed_version.prompts, "system": system.replace(arms.planted, "") if arms.planted else system}
        candidate = self._seed_version.model_copy(update={"number": 2, "prompts": prompts})
        versions = {"v1": self._seed_version, "v2": candidate}
        request = PlanRequest(
            dataset=DATASET,
            topic=TOPIC,
            prompts=tuple(versions),
            models=("simulated/coach-steady",),
            judge="simulated/judge",
            all_topics=True,
            limit=arms.items,
            repeats=arms.repeats,
            concurrency=64,
            seed=seed,
            independent_seeds=True,
            stop_when_clear=arms.sequential,
        )
        context = PlanContext(
            resolve=lambda _, reference: versions[reference],
            catalogue=self._catalogue,
            datasets_dir=self._settings.datasets_dir,
            author="bench",
            tenant_id="bench",
            money_cap=Decimal(1000),
        )
        return build_plan_for(request, self._dataset, context, _BEGUN)

    def carry_out(self, plan: RunPlan) -> RunResults:
        """One run from its folder to its results."""
        with tempfile.TemporaryDirectory(prefix="bench-run-") as home:
            folder = RunFolder(Path(home) / plan.run_id)
            folder.create(plan)
            ledger = CellLedger(CallJournal(folder.path))
            gateway = Gateway(equip(self._settings, self._catalogue, self._providers, ledger))
            try:
                asyncio.run(Runner(folder, gateway, ledger).run())
            finally:
                ledger.close()
            return load_results(folder)


def replayed(plan: RunPlan, results: RunResults) -> Decision | None:
    """What a run that may stop early decides on these scores: the runner tells its watch nothing else.

    Args:
        plan: With ``stopping``; of the same items, variants and seeds as the results.
    """
    watch = Watch(plan)
    scores = {(row.item_id, row.variant): row.score for row in results.rows()}
    for item in plan.dataset.items:
        for variant in plan.variants:
            watch.heard(item.id, variant.id, scores[item.id, variant.id])
        if (decision := watch.decide()) is not None:
            return decision
    return None


def main() -> None:
    """Carry out the runs of a span of seeds."""
    parser = argparse.ArgumentParser(description="Many runs, one JSON line each.")
    parser.add_argument("--planted", default="")
    parser.add_argument("--items", type=int)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--first", type=int, required=True)
    parser.add_argument("--last", type=int, required=True)
    parser.add_argument("--sequential", action="store_true", help="let the runs themselves stop early")
    options = parser.parse_args()
    arms = Arms(options.planted, options.items, options.repeats, options.sequential)
    home = Path(tempfile.mkdtemp(prefix="bench-home-"))
    try:
        laboratory = Laboratory(settings_of(home))
        for seed in range(options.first, options.last + 1):
            sys.stdout.write(json.dumps(_found(laboratory, arms, seed)) + "\n")
            sys.stdout.flush()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _found(laboratory: Laboratory, arms: Arms, seed: int) -> dict[str, Any]:
    plan = laboratory.plan(arms, seed)
    results = laboratory.carry_out(plan)
    comparison = results.comparison()
    if comparison is None or comparison.overall.interval is None:
        raise RuntimeError(f"the run of seed {seed} compared nothing")
    overall = comparison.overall
    decision = results.decision
    if not arms.sequential and arms.repeats == 1:
        decision = replayed(laboratory.plan(Arms(arms.planted, arms.items, sequential=True), seed), results)
    return {
        "seed": seed,
        "mean": overall.mean,
        "low": comparison.overall.interval.low,
        "high": comparison.overall.interval.high,
        "sd": overall.sd,
        "error": overall.standard_error,
        "n": overall.n,
        "clusters": overall.n_clusters,
        "clear": decision.looks[0].clear if decision else "",
        "decided_items": decision.items if decision else None,
        "decided_mean": decision.looks[0].mean if decision else None,
    }


def _seed_version(settings: Settings) -> TopicVersion:
    seed = load_seed(settings.datasets_dir / "topics" / TOPIC)
    return TopicVersion(
        topic_id=TOPIC,
        number=1,
        prompts=dict(seed.prompts),
        parameters=seed.parameters,
        settings=seed.settings,
        message="As seeded",
        author="bench",
        created_at=_BEGUN,
    )


if __name__ == "__main__":
    main()
