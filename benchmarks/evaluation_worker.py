"""The child process of the evaluation benchmark: one run against a wire server, its figures as JSON on stdout.

``python -m benchmarks.evaluation_worker`` reads OPENAI_BASE_URL, OPENAI_API_KEY and WORKBENCH_HOME.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import json
import resource
import sys
import time
from pathlib import Path

from coaching_core.clock import utc_now
from coaching_core.llm.assembly import build_catalogue, build_providers, equip, loaded
from coaching_core.llm.call_journal import CallJournal
from coaching_core.llm.gateway import Gateway
from coaching_core.settings import Settings
from evals.plan import PlanRequest, RunPlan
from evals.planning import PlanContext, build_plan
from evals.running.cell_accounting import CellLedger
from evals.running.events import Ended
from evals.running.folder import RunFolder
from evals.running.journal import read_journal
from evals.running.runner import Runner
from evals.store_access import open_store_access

MODEL = "openai/gpt-4.1-mini"


def main() -> None:
    """Carry out one run and print what it took."""
    parser = argparse.ArgumentParser(description="One evaluation run, timed.")
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--concurrency", type=int, default=100)
    parser.add_argument("--profile", type=Path, help="write a cProfile of the run to this file")
    options = parser.parse_args()
    settings = Settings(_env_file=None)
    request = PlanRequest(
        dataset="coaching_reply",
        topic="core_values",
        prompts=("published",),
        models=(MODEL,),
        judge=MODEL,
        all_topics=True,
        limit=options.items,
        repeats=options.repeats,
        concurrency=options.concurrency,
    )
    plan = _plan(request, settings)
    folder = RunFolder(settings.runs_folder / plan.run_id)
    folder.create(plan)
    sys.stdout.write(json.dumps(asyncio.run(_timed(folder, settings, options.profile))) + "\n")


def _plan(request: PlanRequest, settings: Settings) -> RunPlan:
    with open_store_access(settings) as store:
        context = PlanContext(
            resolve=store.resolve,
            catalogue=build_catalogue(settings),
            datasets_dir=settings.datasets_dir,
            author="bench",
            tenant_id=settings.tenant_id,
            money_cap=settings.run_money_cap,
        )
        return build_plan(request, context, utc_now())


async def _timed(folder: RunFolder, settings: Settings, profile: Path | None) -> dict[str, float]:
    catalogue, providers = build_catalogue(settings), build_providers(settings)
    ledger = CellLedger(CallJournal(folder.path))
    runner = Runner(folder, Gateway(equip(settings, catalogue, providers, ledger)), ledger)
    begun = time.perf_counter()
    async with loaded(providers, [catalogue.info(MODEL)]):
        loaded_at = time.perf_counter()
        cpu_at = time.process_time()
        ended = await _profiled(runner, profile) if profile else await runner.run()
        wall, cpu = time.perf_counter() - loaded_at, time.process_time() - cpu_at
    lags = [run["loop_lag_ms"] for line, _ in read_journal(folder.journal) for run in line.body["prompt_runs"]]
    return {
        "import_seconds": loaded_at - begun,
        "seconds": wall,
        "cpu_seconds": cpu,
        "calls": ended.progress.calls,
        "failed": ended.progress.failed_answers + ended.progress.unscored,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "largest_lag_ms": max(lags),
    }


async def _profiled(runner: Runner, file: Path) -> Ended:
    profiler = cProfile.Profile()
    profiler.enable()
    try:
        return await runner.run()
    finally:
        profiler.disable()
        profiler.dump_stats(file)


if __name__ == "__main__":
    main()
