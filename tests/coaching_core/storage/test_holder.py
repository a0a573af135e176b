"""Who holds the store: a signature beside the file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from coaching_core.storage.holder import Holder, holder_file, read_holder, remove_holder, write_holder


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "workbench.duckdb"


def test_a_signature_names_the_process_and_is_for_its_owner_only(store: Path) -> None:
    holder = write_holder(store, "http://localhost:1")

    assert (holder.pid, holder.url) == (os.getpid(), "http://localhost:1")
    assert len(holder.token) >= 40
    assert holder_file(store) == store.parent / "holder.json"
    assert holder_file(store).stat().st_mode & 0o777 == 0o600
    assert json.loads(holder_file(store).read_text()) == {
        "pid": holder.pid,
        "url": holder.url,
        "token": holder.token,
    }
    assert read_holder(store) == holder
    assert [file.name for file in store.parent.iterdir()] == ["holder.json"]


def test_every_signature_has_a_token_of_its_own(store: Path) -> None:
    assert len({write_holder(store, None).token for _ in range(20)}) == 20


def test_a_draft_that_a_killed_process_left_is_no_obstacle(store: Path) -> None:
    draft = holder_file(store).with_suffix(f".{os.getpid()}.tmp")
    draft.write_text("torn")
    draft.chmod(0o644)

    assert read_holder(store) is None
    holder = write_holder(store, None)
    assert read_holder(store) == holder
    assert holder_file(store).stat().st_mode & 0o777 == 0o600
    assert not draft.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"pid": 1}', '{"pid": 1, "url": null, "token": "t", "x": 1}'])
def test_what_is_no_signature_names_nobody(store: Path, text: str) -> None:
    holder_file(store).write_text(text)

    assert read_holder(store) is None
    assert holder_file(store).exists()


def test_only_ones_own_signature_is_taken_away(store: Path) -> None:
    holder = write_holder(store, None)
    remove_holder(store, Holder(holder.pid, holder.url, "another token"))
    assert read_holder(store) == holder
    remove_holder(store, holder)
    assert not holder_file(store).exists()
    remove_holder(store, holder)
