"""Builds the whole workbench: the core's services and the evaluations on top. Importing it builds nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from coaching_core.bootstrap import Services, build_services
from coaching_core.clock import utc_now
from coaching_core.demo.service import DemoService
from coaching_core.settings import Settings
from evals.demo_runs import DemoRuns
from evals.gates.publish_gate import RunPublishGate
from evals.golden.shelf import DatasetShelf, open_shelf
from evals.judge_quality.service import JudgeQualityService
from evals.labelling import LabelService
from evals.plan import PlanRequest, RunPlan
from evals.planner import Estimate, estimate, history_of
from evals.planner.history import MOST_SEEN
from evals.planning import PlanContext, build_plan, reachable_items
from evals.runs import RunService


@dataclass(frozen=True, slots=True)
class Workbench:
    """What the doors are given."""

    core: Services
    runs: RunService
    labels: LabelService
    judges: JudgeQualityService

    @property
    def datasets(self) -> DatasetShelf:
        """Golden datasets: those that come with the product, and own ones in versions."""
        return open_shelf(self.core.settings)

    def plan(self, request: PlanRequest) -> RunPlan:
        """Freeze a request with this installation's prompts, models and datasets.

        Raises:
            WorkbenchError: It cannot be run; the message says why.
        """
        return build_plan(request, plan_context(self.core), utc_now())

    def estimate(self, plan: RunPlan, request: PlanRequest) -> Estimate:
        """What a plan comes to before it starts; no model is asked.

        Args:
            request: What the plan was made of.
        """
        seen = history_of(run.summary for run in self.runs.list(plan.tenant_id, limit=MOST_SEEN))
        return estimate(plan, seen, self.core.catalogue.cost, reachable_items(request, plan_context(self.core)))

    def close(self) -> None:
        """Give everything free."""
        self.core.close()


def build_workbench(settings: Settings, url: str | None = None) -> Workbench:
    """Open the store and build all services.

    Raises:
        StoreError: The store cannot be opened.
    """
    core = build_services(settings, url)
    runs = RunService(core.database, settings.runs_folder, core.ledger)
    core.prompts.rules.use(RunPublishGate(runs, core.prompts, open_shelf(settings)))
    demo_runs = DemoRuns(plan_context(core), runs.ingest, settings.runs_folder)
    demo = DemoService(core.database, core.catalogue.cost, (demo_runs,))
    labels = LabelService(core.database)
    judges = JudgeQualityService(runs, labels, settings.runs_folder)
    return Workbench(replace(core, demo=demo), runs, labels, judges)


def plan_context(core: Services) -> PlanContext:
    """What planning needs of the core."""
    settings = core.settings
    return PlanContext(
        resolve=core.prompts.resolve,
        catalogue=core.catalogue,
        datasets_dir=settings.datasets_dir,
        author=settings.author,
        tenant_id=settings.tenant_id,
        money_cap=settings.run_money_cap,
        shelf=open_shelf(settings),
    )
