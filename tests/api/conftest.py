"""A workbench behind the API, without a server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from api.application import create_api
from evals.bootstrap import Workbench, build_workbench
from tests.conftest import make_settings


@pytest.fixture(scope="package")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    opened = build_workbench(make_settings(tmp_path_factory.mktemp("api")), "http://localhost:8501")
    yield opened
    opened.close()


@pytest.fixture
def api(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setattr("api.dependencies.running", lambda: workbench)
    return create_api()
