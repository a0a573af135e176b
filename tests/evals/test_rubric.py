"""Rubrics: what is read, what is refused, and how scores are weighed."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from coaching_core.errors import InvalidDatasetError, NotFoundError
from evals.rubric import Criterion, Rubric, list_rubrics, load_rubric

DATASETS = Path(__file__).resolve().parents[2] / "datasets"

DOCUMENT: dict[str, Any] = {
    "name": "mine",
    "version": 2,
    "description": "Short.",
    "scale": {"min": 1, "max": 10},
    "criteria": [
        {"id": "a", "name": "A", "weight": 3, "description": "First.", "levels": {1: "bad", 10: "good"}},
        {"id": "b", "name": "B", "weight": 1, "description": "Second.", "levels": {}},
    ],
}


def write(folder: Path, document: Any, name: str = "mine") -> Path:
    file = folder / "rubrics" / f"{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(document if isinstance(document, str) else yaml.safe_dump(document), encoding="utf-8")
    return file


def changed(path: str, value: Any) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    target: Any = document
    *parents, last = path.split(".")
    for part in parents:
        target = target[int(part) if part.isdigit() else part]
    if value is None:
        del target[last]
    else:
        target[last] = value
    return document


def test_the_delivered_rubric_is_read() -> None:
    rubric = load_rubric(DATASETS, "coaching_quality")
    assert rubric.label == "coaching_quality 1"
    assert (rubric.minimum, rubric.maximum) == (1, 10)
    assert [criterion.id for criterion in rubric.criteria][:2] == ["fit", "listening"]
    assert sum(criterion.weight for criterion in rubric.criteria) == pytest.approx(1, abs=1e-12)
    assert rubric.criteria[0].levels[10].startswith("Meets every point")


def test_weights_are_normalised(tmp_path: Path) -> None:
    write(tmp_path, DOCUMENT)
    rubric = load_rubric(tmp_path, "mine")
    assert [criterion.weight for criterion in rubric.criteria] == [0.75, 0.25]
    assert rubric.weighted_score({"a": 8, "b": 4}) == 7
    assert rubric.label == "mine 2"


def test_a_rubric_survives_json() -> None:
    rubric = load_rubric(DATASETS, "coaching_quality")
    assert Rubric.model_validate_json(rubric.model_dump_json()) == rubric


@pytest.mark.parametrize("missing", [None, float("nan"), "absent"])
def test_an_unscored_criterion_leaves_no_score(tmp_path: Path, missing: Any) -> None:
    write(tmp_path, DOCUMENT)
    rubric = load_rubric(tmp_path, "mine")
    scores = {"a": 8.0} if missing == "absent" else {"a": 8.0, "b": missing}
    assert rubric.weighted_score(scores) is None


RUBRIC = load_rubric(DATASETS, "coaching_quality")


@given(st.lists(st.floats(1, 10), min_size=7, max_size=7))
def test_the_weighted_score_lies_between_its_parts(scores: list[float]) -> None:
    rubric = RUBRIC
    named = dict(zip([criterion.id for criterion in rubric.criteria], scores, strict=True))
    score = rubric.weighted_score(named)
    assert score is not None
    assert min(scores) - 1e-9 <= score <= max(scores) + 1e-9


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (changed("criteria.0.weight", 0), "criteria.0.weight"),
        (changed("criteria.0.weight", -1), "criteria.0.weight"),
        (changed("criteria.0.weight", float("nan")), "criteria.0.weight"),
        (changed("criteria.0.weight", float("inf")), "criteria.0.weight"),
        (changed("criteria.0.weight", "0.2"), "criteria.0.weight"),
        (changed("criteria.0.weight", True), "criteria.0.weight"),
        (changed("criteria.1.id", "a"), "“a” is used twice"),
        (changed("criteria.1.id", None), "“criteria.1.id” is missing"),
        (changed("criteria.1.wieght", 1), "“criteria.1.wieght” is not known"),
        (changed("criteria.0.levels", {11: "more"}), "level 11, which is outside the scale"),
        (changed("criteria", []), "criteria"),
        (changed("criteria", None), "“criteria” is missing"),
        (changed("scale", None), "min and max"),
        (changed("scale", [1, 10]), "min and max"),
        (changed("scale.max", None), "min and max"),
        (changed("scale.max", 1), "min must be below its max"),
        (changed("scale.max", "ten"), "maximum"),
        (changed("name", "other"), "they must agree"),
        ("criteria: [", "not YAML"),
        ("just words", "name: value"),
        ("", "name: value"),
    ],
)
def test_a_broken_rubric_is_refused_with_its_file(tmp_path: Path, document: Any, reason: str) -> None:
    file = write(tmp_path, document)
    with pytest.raises(InvalidDatasetError) as caught:
        load_rubric(tmp_path, "mine")
    assert caught.value.file == str(file)
    assert reason in caught.value.reason


def test_the_list_shows_broken_rubrics_with_their_error(tmp_path: Path) -> None:
    write(tmp_path, DOCUMENT)
    write(tmp_path, "a: [", name="bad")
    bad, mine = list_rubrics(tmp_path)
    assert bad.rubric is None
    assert bad.error is not None
    assert mine.rubric is not None
    with pytest.raises(NotFoundError, match="bad, mine"):
        load_rubric(tmp_path, "../mine")
    with pytest.raises(NotFoundError, match="holds none"):
        load_rubric(tmp_path / "nowhere", "mine")
    assert list_rubrics(tmp_path / "nowhere") == ()


@pytest.mark.parametrize(
    ("document", "field"),
    [
        (changed("criteria.0.id", ""), "criteria.0.id"),
        (changed("criteria.0.name", ""), "criteria.0.name"),
        (changed("criteria.0.description", ""), "criteria.0.description"),
        (changed("criteria.0.levels", {0: "less"}), "level 0, which is outside the scale"),
        (changed("criteria.0.levels", {"x": "less"}), "criteria.0.levels"),
        (changed("name", ""), "name"),
        (changed("version", None), "“version” is missing"),
        (changed("version", ""), "version"),
        (changed("description", None), "“description” is missing"),
        (changed("scale.min", None), "min and max"),
        (changed("scale.min", "1"), "minimum"),
        (changed("scale.min", float("nan")), "minimum"),
        (changed("scale.max", float("inf")), "maximum"),
        (changed("scale.min", 10), "min must be below its max"),
        (changed("extra", 1), "“extra” is not known"),
        (changed("criteria.0.extra", 1), "“criteria.0.extra” is not known"),
    ],
)
def test_what_a_rubric_must_hold(tmp_path: Path, document: Any, field: str) -> None:
    write(tmp_path, document)
    with pytest.raises(InvalidDatasetError) as caught:
        load_rubric(tmp_path, "mine")
    assert field in caught.value.reason


def test_levels_at_the_ends_of_the_scale_are_within_it(tmp_path: Path) -> None:
    write(tmp_path, changed("scale", {"min": 1.0, "max": 10.0, "step": 1}))
    rubric = load_rubric(tmp_path, "mine")
    assert rubric.criteria[0].levels == {1: "bad", 10: "good"}
    assert (rubric.minimum, rubric.maximum, rubric.description) == (1, 10, "Short.")
    assert [(one.id, one.name, one.description) for one in rubric.criteria] == [
        ("a", "A", "First."),
        ("b", "B", "Second."),
    ]


def test_weights_that_sum_to_one_stay_to_the_last_bit(tmp_path: Path) -> None:
    document = changed("criteria.0.weight", 0.1)
    document["criteria"][1]["weight"] = 0.9
    write(tmp_path, document)
    assert [criterion.weight for criterion in load_rubric(tmp_path, "mine").criteria] == [0.1, 0.9]
    document["criteria"][1]["weight"] = 0.8
    write(tmp_path, document)
    assert [c.weight for c in load_rubric(tmp_path, "mine").criteria] == [pytest.approx(1 / 9), pytest.approx(8 / 9)]


def test_a_score_is_weighed_whatever_the_weights_sum_to() -> None:
    one, two = (
        Criterion(id=name, name=name, weight=weight, description="x", levels={})
        for name, weight in (("a", 3), ("b", 1))
    )
    rubric = Rubric(name="x", version="1", description="", minimum=0, maximum=10, criteria=(one, two))
    assert rubric.weighted_score({"a": 8, "b": 4, "unknown": 0}) == 7
    assert rubric.weighted_score({"a": 8, "b": float("inf")}) is None
    assert rubric.weighted_score({"a": 0, "b": 0}) == 0
    assert rubric.weighted_score({}) is None


def test_a_rubric_cannot_be_changed_and_is_listed_by_name(tmp_path: Path) -> None:
    write(tmp_path, DOCUMENT)
    write(tmp_path, DOCUMENT | {"name": "later"}, name="later")
    (tmp_path / "rubrics" / "notes.txt").write_text("no rubric")
    later, mine = list_rubrics(tmp_path)
    assert (later.name, mine.name, later.error) == ("later", "mine", None)
    assert mine.rubric == load_rubric(tmp_path, "mine")
    with pytest.raises(ValidationError):
        RUBRIC.minimum = 0  # type: ignore[misc]
