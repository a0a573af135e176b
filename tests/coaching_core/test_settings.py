"""Settings: documented, checked, safe by default."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from pydantic import ValidationError

from coaching_core.logs import take_over
from coaching_core.settings import Settings
from tests.conftest import PROJECT, make_settings


def _example() -> dict[str, str]:
    lines = (PROJECT / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_env_example_names_every_setting_and_no_other() -> None:
    assert set(_example()) == {name.upper() for name in Settings.model_fields}


def test_env_example_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _example():
        monkeypatch.delenv(name, raising=False)
    from_example = Settings(_env_file=PROJECT / ".env.example")  # type: ignore[call-arg]
    assert from_example == Settings(_env_file=None)  # type: ignore[call-arg]


def test_docs_name_every_setting_with_its_description() -> None:
    page = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert f"`{name.upper()}`" in page
        assert field.description
        assert field.description in page


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.4", "::", "example.com", "10.0.0.1"])
def test_only_loopback_is_listened_on(address: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="loopback"):
        make_settings(tmp_path, bind_address=address)


@pytest.mark.parametrize(("address", "url"), [("localhost", "http://localhost:8501"), ("::1", "http://[::1]:8501")])
def test_loopback_names(address: str, url: str, tmp_path: Path) -> None:
    assert make_settings(tmp_path, bind_address=address).url == url


def test_keys_are_not_shown(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, openai_api_key="sk-canary")
    assert "canary" not in repr(settings)
    assert "canary" not in str(settings.model_dump())


def test_bands_must_be_ordered(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="BAND_DEVELOPING"):
        make_settings(tmp_path, band_developing=8.0, band_mastery=4.0)


def test_a_library_that_logs_by_itself_is_taken_over() -> None:
    logger = logging.getLogger("somelibrary.access")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    take_over("somelibrary")
    assert (logger.handlers, logger.propagate, logger.level) == ([], True, logging.WARNING)
