"""The publish gate over runs that were carried out: which runs count, and what they say."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from coaching_core.demo.coaching import DEMO_TENANT
from coaching_core.errors import GateNotMetError
from coaching_core.prompts.gate import GateFinding, GateKind, GateRequirement, GateStatus
from coaching_core.prompts.models import VersionChange
from evals.bootstrap import Workbench, build_workbench
from evals.gates.publish_gate import RunPublishGate
from evals.results.reading import load_results
from evals.running.folder import RunFolder
from evals.tables import eval_runs
from tests.conftest import PROJECT, make_settings
from tests.pages.run_making import carry_out, planned, save_worse_version

TOPIC = "core_values"
NOT_WORSE = GateRequirement(GateKind.NOT_WORSE, 0.2, 8)
BETTER = GateRequirement(GateKind.BETTER, 0.0, 8)


@dataclass
class House:
    """v1 published, v2 worse (it asks no open questions), v3 with the content of v1."""

    workbench: Workbench
    datasets: Path

    def run(self, *prompts: str, **changes: Any) -> RunFolder:
        """Carry out a run and take it in."""
        return carry_out(self.workbench, planned(self.workbench, prompts=prompts, **changes))

    def check(self, baseline: int, candidate: int, rule: GateRequirement = NOT_WORSE) -> GateFinding:
        """What a gate with no memory of its own says."""
        gate = RunPublishGate(self.workbench.runs, self.workbench.core.prompts, self.workbench.datasets)
        return gate.check(TOPIC, baseline, candidate, rule)

    def change_row(self, run_id: str, **values: object) -> None:
        """Make the store say something else of a run."""
        with self.workbench.core.database.unit_of_work() as work:
            work.connection.execute(sa.update(eval_runs).where(eval_runs.c.run_id == run_id).values(**values))

    def save(self, system: str) -> int:
        """Save another system prompt; returns the version's number."""
        prompts = self.workbench.core.prompts
        change = VersionChange(prompts={"system": system}, message="Change", author="Ada")
        return prompts.save_version(TOPIC, prompts.topic(TOPIC).latest_version, change).number


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    datasets = tmp_path / "datasets"
    shutil.copytree(PROJECT / "datasets", datasets)
    built = build_workbench(make_settings(tmp_path / "home", datasets_dir=datasets))
    save_worse_version(built)
    made = House(built, datasets)
    assert made.save(built.core.prompts.version(TOPIC, 1).prompts["system"]) == 3
    yield made
    built.close()


def test_a_worse_draft_is_not_met_and_a_better_one_is(house: House) -> None:
    run = house.run("v1", "v2")
    worse = house.check(1, 2)
    assert (worse.status, worse.run_id) == (GateStatus.NOT_MET, run.run_id)
    deciding = worse.deciding
    assert deciding is not None
    assert deciding.mean is not None
    assert deciding.mean < 0
    assert (deciding.n, deciding.simulated, deciding.level, deciding.stale) == (12, True, 0.95, "")
    assert worse.sentence.startswith("Not worse by more than 0.20 at 95 %: not met, −")
    assert worse.needed_items is None

    better = house.check(2, 1, BETTER)
    assert better.status is GateStatus.MET
    assert better.deciding is not None
    assert better.deciding.mean == pytest.approx(-deciding.mean)
    assert better.deciding.low == pytest.approx(-(deciding.high or 0))


def test_contents_count_and_not_numbers(house: House) -> None:
    run = house.run("v2", "v1")
    assert house.check(2, 3).run_id == run.run_id
    assert house.check(2, 3).status is GateStatus.MET
    other = house.save("Say only yes.\n")
    assert house.check(2, other).status is GateStatus.NO_EVIDENCE
    assert house.check(other, 1).status is GateStatus.NO_EVIDENCE


def test_a_file_with_the_content_of_a_version_counts_as_it(house: House, tmp_path: Path) -> None:
    file = tmp_path / "same.md"
    file.write_text(house.workbench.core.prompts.version(TOPIC, 2).prompts["system"], encoding="utf-8")
    run = house.run("v1", f"file:{file}")
    assert house.check(1, 2).run_id == run.run_id


def test_other_settings_are_other_contents(house: House) -> None:
    house.run("v1", "v2")
    prompts = house.workbench.core.prompts
    second = prompts.version(TOPIC, 2)
    change = VersionChange(
        prompts=dict(second.prompts),
        settings=second.settings.model_copy(update={"temperature": 1.9}),
        message="Warmer",
        author="Ada",
    )
    warmer = prompts.save_version(TOPIC, 3, change).number
    assert house.check(1, warmer).status is GateStatus.NO_EVIDENCE


def test_the_same_content_is_not_worse_and_not_better(house: House) -> None:
    assert house.check(1, 3).status is GateStatus.MET
    assert house.check(1, 3, BETTER).status is GateStatus.NOT_MET
    assert house.check(1, 3).runs == ()


def test_without_a_run_it_says_how_many_items_one_needs(house: House) -> None:
    found = house.check(1, 2)
    assert (found.status, found.run_id) == (GateStatus.NO_EVIDENCE, None)
    assert found.needed_items == 283
    assert house.check(1, 2, GateRequirement(GateKind.NOT_WORSE, 2.0, 40)).needed_items == 40


def test_too_few_items_say_nothing_however_clear_they_are(house: House) -> None:
    house.run("v1", "v2")
    found = house.check(1, 2, GateRequirement(GateKind.NOT_WORSE, 0.2, 13))
    assert found.status is GateStatus.INCONCLUSIVE
    assert found.deciding is not None
    assert found.deciding.reason == "It has 12 paired items; the rule asks for 13 or more."
    assert found.needed_items is not None
    assert found.needed_items >= 13


@pytest.mark.parametrize(("unscored", "status"), [(4, GateStatus.MET), (5, GateStatus.INCONCLUSIVE)])
def test_too_many_items_without_a_score_say_nothing(house: House, unscored: int, status: GateStatus) -> None:
    run = house.run("v2", "v1", limit=20)
    items = [item.id for item in run.plan().dataset.items][:unscored]
    lines = [json.loads(line) for line in run.journal.read_text(encoding="utf-8").splitlines()]
    kept = [line for line in lines if line["kind"] != "verdict" or line["item"] not in items]
    assert len(kept) == len(lines) - 2 * unscored
    run.journal.write_text("".join(f"{json.dumps(line)}\n" for line in kept), encoding="utf-8")
    found = house.check(2, 1, BETTER).deciding
    assert found is not None
    assert (found.status, found.n) == (status, 20 - unscored)
    assert ("have no score from both" in found.reason) == (status is GateStatus.INCONCLUSIVE)


def test_the_demo_and_what_did_not_finish_never_count(house: House) -> None:
    run = house.run("v2", "v1")
    assert house.check(2, 1).status is GateStatus.MET
    for state in ("stopped", "failed", "running", "interrupted", "waiting"):
        house.change_row(run.run_id, status=state)
        found = house.check(2, 1)
        assert (found.status, found.unfinished) == (GateStatus.NO_EVIDENCE, 1)
    house.change_row(run.run_id, status="finished", tenant_id=DEMO_TENANT)
    assert house.check(2, 1) == house.check(2, 1)
    assert (house.check(2, 1).status, house.check(2, 1).unfinished) == (GateStatus.NO_EVIDENCE, 0)


def test_a_run_whose_files_are_gone_or_broken_is_no_evidence(house: House) -> None:
    first, second = house.run("v2", "v1"), house.run("v2", "v1", seed=5)
    shutil.rmtree(first.path)
    second.journal.write_bytes(b'{"kind": "nonsense"}\n' + second.journal.read_bytes())
    assert house.check(2, 1).status is GateStatus.NO_EVIDENCE


def test_the_latest_run_decides_and_the_others_are_shown(house: House) -> None:
    old = house.run("v2", "v1")
    latest = house.run("v2", "v1", limit=4)
    again = house.check(2, 1)
    assert [run.run_id for run in again.runs] == [latest.run_id, old.run_id]
    assert [run.status for run in again.runs] == [GateStatus.INCONCLUSIVE, GateStatus.MET]
    assert (again.status, again.disagreeing) == (GateStatus.INCONCLUSIVE, 1)


def test_a_run_that_stopped_because_it_was_clear_counts_with_the_interval_it_stopped_by(house: House) -> None:
    run = house.run("v1", "v2", limit=None, stop_when_clear=True)
    results = load_results(run)
    assert results.decision is not None
    assert results.decision.items < len(results.plan.dataset.items)
    found = house.check(1, 2, BETTER)
    assert (found.status, found.unfinished) == (GateStatus.NOT_MET, 0)
    deciding, comparison = found.deciding, results.comparison()
    assert deciding is not None
    assert comparison is not None
    held = comparison.overall.interval
    assert held is not None
    assert (deciding.low, deciding.high) == (held.low, held.high)
    assert results.decision.looks[0].interval == held
    assert deciding.n == comparison.overall.n == results.decision.items < len(results.plan.dataset.items)


def test_of_several_candidates_each_pays_for_the_others(house: House) -> None:
    house.save("Greet the person. Then tell them what to do.\n")
    house.run("v2", "v1", "v4")
    found = house.check(2, 1, BETTER)
    assert found.deciding is not None
    assert found.deciding.level in (0.95, 0.975)
    alone = house.run("v2", "v1")
    single = house.check(2, 1, BETTER)
    assert single.run_id == alone.run_id
    assert single.deciding is not None
    assert single.deciding.mean == pytest.approx(found.deciding.mean)
    assert (single.deciding.low or 0) >= (found.deciding.low or 0)


def test_with_several_models_the_one_that_does_worst_decides(house: House) -> None:
    models = ("simulated/coach-steady", "simulated/coach-brief")
    house.run("v1", "v2", models=models)
    both = house.check(1, 2).deciding
    house.run("v1", "v2", models=models[:1])
    house_steady = house.check(1, 2).deciding
    house.run("v1", "v2", models=models[1:])
    house_brief = house.check(1, 2).deciding
    assert both is not None
    assert house_steady is not None
    assert house_brief is not None
    worst = min((house_steady, house_brief), key=lambda one: one.low or 0)
    assert both.model == worst.model
    assert both.mean == pytest.approx(worst.mean)


def test_a_change_of_rubric_or_dataset_makes_it_stale(house: House) -> None:
    house.run("v2", "v1")
    rubric = house.datasets / "rubrics" / "coaching_quality.yaml"
    rubric.write_text(rubric.read_text(encoding="utf-8").replace("version: 1", "version: 2", 1), encoding="utf-8")
    found = house.check(2, 1)
    assert found.status is GateStatus.MET
    assert found.deciding is not None
    assert found.deciding.stale == "Since this run, the rubric coaching_quality changed."
    items = house.datasets / "golden" / "coaching_reply" / "items.jsonl"
    lines = items.read_text(encoding="utf-8").splitlines(keepends=True)
    items.write_text("".join(lines[1:]), encoding="utf-8")
    changed = house.check(2, 1).deciding
    assert changed is not None
    assert changed.stale == "Since this run, the rubric coaching_quality and the dataset coaching_reply changed."


def test_a_newer_version_of_an_own_dataset_makes_it_stale(house: House) -> None:
    shelf = house.workbench.datasets
    shelf.copy("coaching_reply", "ours", "Ada")
    house.run("v2", "v1", dataset="ours")
    deciding = house.check(2, 1).deciding
    assert deciding is not None
    assert deciding.stale == ""
    ours = shelf.load("ours")
    shelf.save("ours", ours.items[1:], ours.card, "One less", "Ada", base_version=1)
    later = house.check(2, 1).deciding
    assert later is not None
    assert later.stale == "Since this run, the dataset ours changed."


def test_publishing_asks_the_gate_of_this_installation(house: House) -> None:
    prompts, admin = house.workbench.core.prompts, house.workbench.core.settings.person
    prompts.rules.set(TOPIC, NOT_WORSE, admin)
    house.run("v1", "v2")
    with pytest.raises(GateNotMetError, match="not met") as caught:
        prompts.publish(TOPIC, 2, 1, admin)
    assert caught.value.status == "not_met"
    assert prompts.publish(TOPIC, 3, 1, admin).published_version == 3
