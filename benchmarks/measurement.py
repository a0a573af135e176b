"""A figure beside its target, and the table they are printed in."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure.

    Attributes:
        what: What was measured, with the conditions that matter.
        measured: The figure; None when it could not be had, ``note`` then says why.
        unit: Its unit, such as ``s``; empty for a ratio.
        target: What it should be; None when there is none and the figure is for information.
        more_is_better: A rate: the target is the least, not the most.
        note: What else there is to know.
    """

    what: str
    measured: float | None
    unit: str
    target: float | None = None
    more_is_better: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How much of the target is used up, so that 1 or less is within it whatever the unit."""
        if self.measured is None or self.target is None or not self.measured or not self.target:
            return None
        return self.target / self.measured if self.more_is_better else self.measured / self.target


def as_row(measurement: Measurement) -> tuple[str, ...]:
    """The cells of a table's row."""
    bound = "≥" if measurement.more_is_better else "≤"
    target = "" if measurement.target is None else f"{bound} {_figure(measurement.target)} {measurement.unit}".rstrip()
    measured = "–" if measurement.measured is None else f"{_figure(measurement.measured)} {measurement.unit}".rstrip()
    ratio = "" if measurement.ratio is None else f"{measurement.ratio:.2f}"
    return measurement.what, measured, target, ratio, measurement.note


def as_lines(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows as lines of columns that stand under each other."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def machine_line() -> str:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{load:.2f}" for load in os.getloadavg())
    return (
        f"{platform.system()} {platform.release()}, {_processor()}, {os.cpu_count()} cores, {memory:.0f} GB, "
        f"Python {platform.python_version()}, load before {load}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
