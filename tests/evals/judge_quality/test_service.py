"""What is known of judges: from labels, from checks, each answer once, and told in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from coaching_core.clock import utc_now
from evals.bootstrap import Workbench, build_workbench
from evals.judge_quality.correlation import Coefficient
from evals.judge_quality.human_agreement import CriterionAgreement, score_agreement
from evals.judge_quality.people_said import people_said
from evals.judge_quality.quality import CheckSource, JudgeQuality, quality_of, read_quality, write_quality
from evals.judge_quality.words import standing_words, trust_words
from evals.labelling import QueueKind, Said
from evals.reports import render_report
from evals.results.reading import load_results
from evals.running.folder import RunFolder
from evals.statistics import Interval
from tests.conftest import make_settings
from tests.evals.judge_quality.making import ONE, judged_run, scored
from tests.pages.run_making import carry_out, planned

JUDGE = ("simulated/judge", "coaching_quality 1")


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    built = build_workbench(make_settings(tmp_path / "home"))
    yield built
    built.close()


def labelled_run(workbench: Workbench, **changes: object) -> RunFolder:
    folder = carry_out(workbench, planned(workbench, prompts=("v1",), **changes))
    results = load_results(folder)
    said = {answer.cell.item: answer.verdict for answer in results.answers}
    queue = workbench.labels.make_queue(results, "Queue", QueueKind.SCORE, 6, "ada")
    for task in queue.tasks:
        verdict = said[task.item.id]
        assert verdict is not None
        workbench.labels.say(queue, task.id, "ada", Said(scores=dict(verdict.criterion_scores)))
    return folder


def checked(workbench: Workbench, folder: RunFolder) -> JudgeQuality:
    """The run itself, kept as a check on its own answers."""
    results = load_results(folder)
    said = people_said(workbench.labels, folder.run_id)
    found = quality_of(results, None, CheckSource("a run", folder.run_id, said.scores, said.pairs), utc_now())
    write_quality(found, folder)
    return found


def test_labels_of_a_run_say_how_far_its_judge_agrees(workbench: Workbench) -> None:
    folder = labelled_run(workbench)
    found = workbench.judges.agreement(*JUDGE)
    assert found is not None
    assert (found.answers, found.labels, found.kappa.value) == (6, 6, 1.0)
    (standing,) = workbench.judges.standings()
    assert (standing.judge, standing.rubric) == JUDGE
    assert (standing.runs, standing.labelled_runs, standing.check) == (1, (folder.run_id,), None)
    assert workbench.judges.agreement("simulated/judge", "coaching_quality 2") is None


def test_labels_by_one_rubric_say_nothing_of_a_judge_by_another(workbench: Workbench) -> None:
    folder = labelled_run(workbench)
    plan = folder.plan()
    other = plan.rubric.model_copy(update={"version": "2"})
    judge = plan.judges[0].model_copy(update={"rubric": other})
    folder.path.joinpath("plan.json").write_text(
        plan.model_copy(update={"judges": (judge,)}).model_dump_json(), encoding="utf-8"
    )
    assert workbench.judges.agreement("simulated/judge", "coaching_quality 2") is None


def test_an_answer_that_a_check_judged_again_counts_once(workbench: Workbench) -> None:
    folder = labelled_run(workbench)
    checked(workbench, folder)
    found = workbench.judges.agreement(*JUDGE)
    assert found is not None
    assert found.answers == 6
    (standing,) = workbench.judges.standings()
    assert standing.check is not None


def test_a_run_that_is_gone_takes_its_figures_along_and_nothing_else(workbench: Workbench) -> None:
    folder = labelled_run(workbench)
    assert workbench.judges.agreement(*JUDGE) is not None
    for file in folder.path.iterdir():
        file.unlink()
    folder.path.rmdir()
    assert workbench.judges.agreement(*JUDGE) is None


def test_a_check_comes_back_from_its_file_as_it_was_and_a_broken_one_is_none(workbench: Workbench) -> None:
    folder = labelled_run(workbench)
    found = checked(workbench, folder)
    file = folder.path / "judge_quality.json"
    assert read_quality(file) == found
    file.write_text('{"judge": 1}', encoding="utf-8")
    assert read_quality(file) is None
    assert workbench.judges.checks() == ()


def agreement(kappa: tuple[float, float, float], people: float | None = None, labels: int = 60) -> CriterionAgreement:
    run = judged_run({(f"i{n}", ONE, 0): (float(3 + n % 6), 5.0) for n in range(40)})
    plain = score_agreement(run, [scored(f"i{n}", float(3 + n % 6)) for n in range(40)])[1]
    found = Coefficient(kappa[0], Interval(kappa[1], kappa[2]), 40)
    ceiling = Coefficient(people, None, 40)
    return replace(plain, labels=labels, kappa=found, with_one=found, ceiling=ceiling)


@pytest.mark.parametrize(
    ("kappa", "people", "words"),
    [
        ((0.6, 0.5, 0.7), 0.65, "about as well as they agree with each other"),
        ((0.4, 0.3, 0.5), 0.65, "less than they agree with each other"),
        ((0.8, 0.7, 0.9), 0.65, "more than they agree with each other"),
        ((0.8, 0.7, 0.9), None, "agrees with people well"),
        ((0.1, -0.1, 0.3), None, "no better than chance"),
    ],
)
def test_the_sentence_holds_the_judge_against_people_beside_people(
    kappa: tuple[float, float, float], people: float | None, words: str
) -> None:
    assert words in standing_words(agreement(kappa, people))


def test_the_line_beside_a_score_has_interval_and_n_and_claims_no_more_than_is_known() -> None:
    assert trust_words(agreement((0.62, 0.48, 0.74), labels=84)) == (
        "judge agrees with people: κw 0.62 [0.48, 0.74], 84 labels"
    )
    assert trust_words(agreement((0.1, -0.08, 0.3))) == "judge beside people: κw 0.10 [−0.08, 0.30], 60 labels"
    assert trust_words(None) == "judge not checked against people yet"
    assert "no κ yet" in trust_words(replace(agreement((0.1, 0, 0)), kappa=Coefficient(None, None, 3, "All alike.")))


def test_a_report_has_the_line_beside_its_judge_and_none_where_nobody_told_it() -> None:
    run = judged_run({("i1", ONE, 0): (6.0, 6.0)})
    told = render_report(run, "html", "judge agrees <well>").decode()
    assert "judge agrees &lt;well&gt;" in told
    assert "agrees" not in render_report(run, "html").decode()
