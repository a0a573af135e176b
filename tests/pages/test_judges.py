"""The Judges screen, clicked, and the line beside judges' scores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from evals.bootstrap import Workbench, build_workbench
from evals.current import set_running
from evals.labelling import QueueKind, Said
from evals.results.reading import load_results
from tests.conftest import make_settings
from tests.pages.run_making import carry_out, planned, save_worse_version


def _screen() -> None:
    from evals.current import running
    from pages.evaluation.judges import render

    workbench = running()
    assert workbench is not None
    render(workbench)


def _trust() -> None:
    import streamlit as st

    from evals.current import running
    from pages.components.judge_trust import trust_html

    workbench = running()
    assert workbench is not None
    st.html(trust_html(workbench, "simulated/judge", "coaching_quality 1") or "nothing")
    st.html(trust_html(workbench, "labels", "focus_labels 1") or "nothing")


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    built = build_workbench(make_settings(tmp_path / "home"))
    set_running(built)
    yield built
    built.close()


def opened(screen: object, **query: str) -> AppTest:
    test = AppTest.from_function(screen, default_timeout=30)  # type: ignore[arg-type]
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def shown(test: AppTest) -> str:
    parts = [str(element.proto) for element in test.get("html")] + [
        one.value for one in (*test.subheader, *test.caption)
    ]
    return " ".join(parts)


def label(workbench: Workbench, run_id: str, lift: float) -> None:
    """Two people label ten items: what the judge said, and a point more or less."""
    results = load_results(workbench.runs.folder(run_id))
    said = {(a.cell.item, a.cell.variant): a.verdict for a in results.answers}
    queue = workbench.labels.make_queue(results, "Queue", QueueKind.SCORE, 10, "Ada")
    for who, shift in (("Ada", 0.0), ("Bo", lift)):
        for task in queue.tasks:
            verdict = said[task.item.id, task.variants[0]]
            assert verdict is not None
            scores = {one.id: min(10.0, max(1.0, (one.score or 0.0) - shift)) for one in verdict.criteria}
            workbench.labels.say(queue, task.id, who, Said(scores=dict(scores)))


def test_an_empty_workbench_says_what_would_be_here_and_shows_the_rubrics(workbench: Workbench) -> None:
    screen = opened(_screen)
    assert not screen.exception
    assert "No judge has judged yet" in shown(screen)
    assert any("coaching_quality, version 1" in one.label for one in screen.expander)


def test_a_judge_without_labels_is_said_to_be_unknown_not_bad(workbench: Workbench) -> None:
    save_worse_version(workbench)
    carry_out(workbench, planned(workbench))
    screen = opened(_screen)
    assert not screen.exception
    assert "nobody has labelled" in shown(screen)
    assert "not checked against people yet" in shown(opened(_trust))


def test_labels_bring_agreement_with_n_and_interval_beside_the_scores(workbench: Workbench) -> None:
    save_worse_version(workbench)
    folder = carry_out(workbench, planned(workbench))
    label(workbench, folder.run_id, 1.0)
    screen = opened(_screen)
    assert not screen.exception
    text = shown(screen)
    assert "simulated/judge agrees with people" in text
    assert "40 labels" in text
    assert "6.7" in text or "7." in text
    line = shown(opened(_trust))
    assert "Judge agrees with people" in line
    assert "40 labels" in line
    assert "nothing" in line


def test_a_new_label_changes_the_figures(workbench: Workbench) -> None:
    folder = carry_out(workbench, planned(workbench, prompts=("v1",)))
    label(workbench, folder.run_id, 0.0)
    before = workbench.judges.agreement("simulated/judge", "coaching_quality 1")
    label(workbench, folder.run_id, 4.0)
    after = workbench.judges.agreement("simulated/judge", "coaching_quality 1")
    assert before is not None
    assert after is not None
    assert before.kappa.value == 1.0
    assert after.kappa.value is not None
    assert after.kappa.value < 1.0


def test_a_judge_that_is_not_there_opens_the_first_one(workbench: Workbench) -> None:
    carry_out(workbench, planned(workbench, prompts=("v1",)))
    screen = opened(_screen, judge="nobody by nothing")
    assert not screen.exception
    assert "simulated/judge" in shown(screen)


def test_a_check_is_started_from_the_screen(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(type(workbench.runs), "_spawn", lambda _, folder, arguments: started.append(list(arguments)))
    screen = opened(_screen)
    next(one for one in screen.button if one.label == "Check judge").click().run()
    assert not screen.exception
    next(one for one in screen.selectbox if one.label == "Judge").select("simulated/judge")
    next(one for one in screen.button if one.label == "Start check").click().run()
    assert [arguments[:2] for arguments in started] == [["judges", "check"]]
    assert started[0][2] == "--resume"
