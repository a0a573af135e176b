"""Golden datasets, read once and again only when their files change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from coaching_core.errors import InvalidDatasetError
from evals.dataset import DatasetInfo, GoldenDataset, list_datasets, load_dataset

_Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class ReadDataset:
    """A dataset of the list; ``dataset`` is None when it cannot be read."""

    info: DatasetInfo
    dataset: GoldenDataset | None


def golden_datasets(datasets_dir: Path) -> tuple[ReadDataset, ...]:
    """Every dataset by name, broken ones with their error."""
    return _read_all(str(datasets_dir), _stamp(datasets_dir))


def _stamp(datasets_dir: Path) -> _Stamp:
    files = sorted((datasets_dir / "golden").glob("*/*"))
    return tuple((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files if file.is_file())


@st.cache_resource(max_entries=4, show_spinner=False)
def _read_all(datasets_dir: str, stamp: _Stamp) -> tuple[ReadDataset, ...]:  # noqa: ARG001 - part of the cache's key
    folder = Path(datasets_dir)
    return tuple(_read(folder, info) for info in list_datasets(folder))


def _read(folder: Path, info: DatasetInfo) -> ReadDataset:
    if info.error is not None:
        return ReadDataset(info, None)
    try:
        return ReadDataset(info, load_dataset(folder, info.name))
    except InvalidDatasetError as error:
        return ReadDataset(DatasetInfo(info.name, 0, {}, None, str(error)), None)
