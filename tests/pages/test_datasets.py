"""The Datasets screen, clicked, and what it is made of."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from evals.bootstrap import Workbench, build_workbench
from evals.current import set_running
from evals.dataset import load_dataset
from pages.view_models.datasets import ItemFilter, breakdowns, in_words, ordered
from tests.conftest import PROJECT, make_settings


def _screen() -> None:
    from evals.current import running
    from pages.evaluation.datasets import render

    workbench = running()
    assert workbench is not None
    render(workbench)


@pytest.fixture
def datasets_dir(tmp_path: Path) -> Path:
    """The project's data, and beside it a dataset whose second line is no JSON."""
    folder = tmp_path / "datasets"
    shutil.copytree(PROJECT / "datasets", folder)
    broken = folder / "golden" / "half_written"
    broken.mkdir()
    first = (folder / "golden" / "coaching_reply" / "items.jsonl").read_text(encoding="utf-8").splitlines()[0]
    (broken / "items.jsonl").write_text(f'{first}\n{{"id": "x"\n', encoding="utf-8")
    return folder


@pytest.fixture
def workbench(tmp_path: Path, datasets_dir: Path) -> Iterator[Workbench]:
    built = build_workbench(make_settings(tmp_path / "home", datasets_dir=datasets_dir))
    set_running(built)
    yield built
    built.close()


def opened(**query: str) -> AppTest:
    screen = AppTest.from_function(_screen, default_timeout=20)
    for name, value in query.items():
        screen.query_params[name] = value
    return screen.run()


def carried(screen: AppTest, name: str) -> str:
    value = screen.query_params[name]
    return value if isinstance(value, str) else value[0]


def shown(screen: AppTest) -> str:
    return " ".join(str(element.proto.body) for element in screen.get("html"))


def test_a_broken_dataset_is_listed_with_file_and_line(workbench: Workbench) -> None:
    screen = opened()
    rows = screen.dataframe[0].value.set_index("name")
    assert rows.loc["coaching_reply", "items"] == 240
    assert rows.loc["coaching_reply", "splits"] == "dev 40, test 200"
    assert len(rows.loc["coaching_reply", "hash"]) == 8
    assert "line 2" in screen.error[0].value
    assert "half" in screen.error[0].value


def test_a_link_to_a_broken_dataset_says_what_is_wrong(workbench: Workbench) -> None:
    assert "line 2" in opened(dataset="half_written").error[0].value
    assert "no dataset “nowhere”" in opened(dataset="nowhere").error[0].value


def test_filters_and_search_narrow_the_items(workbench: Workbench) -> None:
    screen = opened(dataset="coaching_reply")
    assert len(screen.dataframe[0].value) == 240
    screen.selectbox[0].select("vision").run()
    assert len(screen.dataframe[0].value) == 60
    screen.selectbox[3].select("dev").run()
    assert len(screen.dataframe[0].value) == 10
    screen.text_input[0].set_value("no such words anywhere").run()
    assert not screen.dataframe
    assert "No item matches" in screen.caption[-1].value


def test_a_link_opens_an_item_with_its_conversation(workbench: Workbench) -> None:
    screen = opened(dataset="coaching_reply", item="cr-007")
    assert "Foreman wanted me to sign off" in shown(screen)
    assert "Comments on the swearing" in shown(screen)
    assert carried(screen, "item") == "cr-007"


def test_an_item_that_is_not_there_is_said(workbench: Workbench) -> None:
    assert "There is no item “zz-9”" in shown(opened(dataset="coaching_reply", item="zz-9"))


def test_markup_in_an_item_stays_text(workbench: Workbench, datasets_dir: Path) -> None:
    folder = datasets_dir / "golden" / "hostile"
    folder.mkdir()
    line = (datasets_dir / "golden" / "coaching_reply" / "items.jsonl").read_text(encoding="utf-8").splitlines()[0]
    (folder / "items.jsonl").write_text(line.replace("honesty. family", "<script>alert(1)</script>"), encoding="utf-8")
    screen = opened(dataset="hostile", item="cr-001")
    assert "&lt;script&gt;alert(1)" in shown(screen)
    assert "<script>" not in shown(screen)


def test_phases_and_difficulties_come_in_their_own_order() -> None:
    assert ordered(["completion", "exploration", "introduction"]) == ["introduction", "exploration", "completion"]
    assert ordered(["hard", "easy", "medium"]) == ["easy", "medium", "hard"]
    assert in_words("core_values") == "Core values"


def test_breakdowns_count_every_item_once() -> None:
    items = load_dataset(PROJECT / "datasets", "coaching_reply").items
    assert [sum(number for _, number in part.counts) for part in breakdowns(items)] == [240] * 4


def test_search_looks_into_conversations_in_any_case() -> None:
    items = load_dataset(PROJECT / "datasets", "coaching_reply").items
    found = [item.id for item in items if ItemFilter(text="  FOREMAN wanted ").keeps(item)]
    assert found == ["cr-007"]
