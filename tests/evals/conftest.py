"""Fixtures of the runner's tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coaching_core.settings import Settings
from evals.running.folder import RunFolder
from tests.evals.making import make_plan


@pytest.fixture
def make(settings: Settings, tmp_path: Path) -> Callable[..., RunFolder]:
    def made(update: dict[str, Any] | None = None, **changes: Any) -> RunFolder:
        plan = make_plan(settings, **{"limit": 4, "concurrency": 1} | changes).model_copy(update=update or {})
        folder = RunFolder(tmp_path / f"{len(list(tmp_path.iterdir()))}" / plan.run_id)
        folder.create(plan)
        return folder

    return made
