"""Export of the attempts behind the numbers: written to a file on this machine first, then fetched by the browser."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO

import streamlit as st

from coaching_core.usage.models import UsageFilter
from evals.bootstrap import Workbench
from pages.insights.usage_data import UsageView

_Write = Callable[[UsageFilter, Path], None]


def offer_export(workbench: Workbench, view: UsageView) -> None:
    """Two buttons; the file is made when one is pressed."""
    usage, name = workbench.core.usage, f"usage-{view.choice.first}-{view.choice.last}"
    for label, write, ending, kind in (
        ("Export CSV", usage.export_csv, "csv", "text/csv"),
        ("Export Parquet", usage.export_parquet, "parquet", "application/vnd.apache.parquet"),
    ):
        st.download_button(
            label,
            partial(_made, write, view.wanted, ending),
            file_name=f"{name}.{ending}",
            mime=kind,
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )


def _made(write: _Write, wanted: UsageFilter, ending: str) -> BinaryIO:
    """The export as an open file that is gone from the disk once it is closed."""
    with tempfile.TemporaryDirectory(prefix="usage-") as folder:
        file = Path(folder) / f"usage.{ending}"
        write(wanted, file)
        return file.open("rb")
