"""Settings: documented, checked, safe by default."""

from __future__ import annotations

import logging
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from coaching_core.errors import InvalidInputError
from coaching_core.logs import take_over
from coaching_core.settings import Settings, load_settings
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


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("port", [1, 65_535], [0, 65_536, "x"]),
        ("ema_alpha", [0.001, 1], [0, 1.001, -1]),
        ("ema_window", [1, 500], [0]),
        ("simulated_pace", [0, 2.5], [-0.1]),
        ("model_timeout_seconds", [0.1], [0, -1]),
        ("run_money_cap", ["0.01", 1_000], [0, -1]),
    ],
)
def test_numbers_have_bounds(name: str, good: list[object], bad: list[object], tmp_path: Path) -> None:
    for value in good:
        assert float(getattr(make_settings(tmp_path, **{name: value}), name)) == float(str(value))
    for value in bad:
        with pytest.raises(ValidationError, match=name):
            make_settings(tmp_path, **{name: value})


def test_the_defaults_are_those_of_a_laptop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    settings = Settings(_env_file=None)

    assert settings.url == "http://localhost:8501"
    assert (settings.workbench_home, settings.datasets_dir) == (Path("var"), Path("datasets"))
    assert (settings.database_url, settings.runs_dir, settings.price_overrides) == (None, None, None)
    assert (settings.openai_api_key, settings.anthropic_api_key, settings.aws_region) == (None, None, None)
    assert (settings.tenant_id, settings.log_level, settings.extra_models) == ("local", "INFO", [])
    assert (settings.ema_alpha, settings.ema_window) == (0.3, 20)
    assert (settings.band_developing, settings.band_mastery) == (4, 8)
    assert (settings.simulated_pace, settings.run_money_cap) == (1.0, Decimal(20))
    assert settings.topic_types == ["conversation_coaching", "single_shot", "kpi_system"]
    assert settings.topic_categories == ["coaching", "analysis", "strategy", "kpi"]
    assert settings.prompt_types == ["system", "user", "assistant", "function"]
    assert settings.author


@pytest.mark.parametrize(
    "name", ["database_url", "runs_dir", "price_overrides", "openai_base_url", "aws_region", "openai_api_key"]
)
def test_empty_is_unset(name: str, tmp_path: Path) -> None:
    assert getattr(make_settings(tmp_path, **{name: ""}), name) is None


def test_an_empty_author_is_the_user_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "ngozi")
    assert make_settings(tmp_path, author="").author == "ngozi"
    assert make_settings(tmp_path, author="Wei").author == "Wei"

    def nobody() -> str:
        raise OSError("No username set in the environment")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert make_settings(tmp_path, author="").author == "someone"


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_loopback_is_accepted(address: str, tmp_path: Path) -> None:
    bound = make_settings(tmp_path, bind_address=address, port=9_000)
    shown = {"localhost": "localhost", "127.0.0.1": "localhost", "::1": "[::1]"}.get(address, address)

    assert bound.bind_address == ("127.0.0.1" if address == "localhost" else address)
    assert bound.url == f"http://{shown}:9000"


def test_bands_that_are_equal_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="BAND_DEVELOPING must be below BAND_MASTERY"):
        make_settings(tmp_path, band_developing=5, band_mastery=5)
    assert make_settings(tmp_path, band_developing=4.9, band_mastery=5).band_mastery == 5


def test_folders_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    home = (tmp_path / "h").resolve()

    settings = make_settings(Path("h"))
    assert settings.home == home
    assert settings.runs_folder == home / "runs"
    assert settings.store_url == f"duckdb:///{home / 'workbench.duckdb'}"
    assert make_settings(Path("~/w")).home == (tmp_path / "me" / "w").resolve()
    assert make_settings(Path("h"), runs_dir=Path("~/r")).runs_folder == (tmp_path / "me" / "r").resolve()
    assert make_settings(Path("h"), database_url="postgresql://x/y").store_url == "postgresql://x/y"


def _loaded(monkeypatch: pytest.MonkeyPatch, folder: Path, dotenv: bytes = b"", **variables: str) -> Settings:
    monkeypatch.chdir(folder)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    (folder / ".env").write_bytes(dotenv)
    return load_settings()


def test_settings_come_from_the_environment_and_the_file_beside(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = _loaded(
        monkeypatch, tmp_path, "AUTHOR=Zoë\nPORT=9001\nUNKNOWN=1\n".encode(), PORT="9002", LOG_LEVEL="debug"
    )

    assert (settings.author, settings.port, settings.log_level) == ("Zoë", 9_002, "debug")


@pytest.mark.parametrize(
    ("dotenv", "variables", "message"),
    [
        (b"", {"PORT": "0", "EMA_ALPHA": "2"}, r"^PORT: .*; EMA_ALPHA: "),
        (b"", {"BIND_ADDRESS": "0.0.0.0"}, r"^BIND_ADDRESS=0.0.0.0 is refused: there is no sign-in yet"),
        (b"", {"BAND_MASTERY": "1"}, r"^BAND_DEVELOPING must be below BAND_MASTERY.$"),
        (b"", {"PROMPT_TYPES": "system"}, r"PROMPT_TYPES|prompt_types"),
        (b"", {"LOG_LEVEL": "LOUD"}, r"^LOG_LEVEL=LOUD: use DEBUG, INFO, WARNING or ERROR.$"),
        (b"AUTHOR=Zo\xff\n", {}, r"^The file .env is not UTF-8 \(byte 10\).$"),
    ],
)
def test_what_cannot_be_used_is_named(
    dotenv: bytes, variables: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInputError, match=message):
        _loaded(monkeypatch, tmp_path, dotenv, **variables)
