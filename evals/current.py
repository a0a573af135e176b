"""The workbench this process runs: the one thing screens and routes share without being handed it."""

from __future__ import annotations

from evals.bootstrap import Workbench

_running: list[Workbench] = []


def set_running(workbench: Workbench) -> None:
    """Say which workbench this process runs; replaces the one before."""
    _running[:] = [workbench]


def running() -> Workbench | None:
    """The workbench this process runs, or None before it was built."""
    return _running[0] if _running else None
