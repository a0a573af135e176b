from __future__ import annotations

from pathlib import Path

import pytest

from coaching_core.prompts.projection import Projection, project_published
from coaching_core.prompts.service import PromptService
from tests.coaching_core.prompts.sample_topics import make_change, make_draft


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """The content store's folder; not there yet."""
    return tmp_path / "prompts"


def _files(target: Path) -> dict[str, str]:
    return {
        str(file.relative_to(target)): file.read_bytes().decode()
        for file in sorted(target.rglob("*"))
        if file.is_file()
    }


def test_published_prompts_become_files_and_drafts_do_not(service: PromptService, target: Path) -> None:
    service.create_topic(make_draft(prompts={"system": "Grüße\r\n", "user": ""}), "Ada", publish=True)
    service.create_topic(make_draft(topic_id="unpublished"), "Ada")
    service.save_version("goals", 1, make_change())
    project_published(service, target)
    assert _files(target) == {"goals/system.md": "Grüße\r\n", "goals/user.md": ""}


def test_only_what_differs_is_written(service: PromptService, target: Path) -> None:
    service.create_topic(make_draft(), "Ada", publish=True)
    folder = target / "goals"
    assert project_published(service, target) == Projection((folder / "system.md", folder / "user.md"), ())
    before = [(file, file.stat().st_mtime_ns, file.stat().st_ino) for file in sorted(folder.iterdir())]
    assert project_published(service, target) == Projection((), ())
    assert [(file, file.stat().st_mtime_ns, file.stat().st_ino) for file in sorted(folder.iterdir())] == before
    (folder / "user.md").write_text("tampered", encoding="utf-8")
    assert project_published(service, target) == Projection((folder / "user.md",), ())


def test_files_of_types_that_are_gone_are_removed_and_others_left(service: PromptService, target: Path) -> None:
    service.create_topic(make_draft(), "Ada", publish=True)
    project_published(service, target)
    foreign = {"goals/notes.txt": "mine", "other/system.md": "not ours"}
    for name, text in foreign.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text(text, encoding="utf-8")
    service.save_version("goals", 1, make_change("New.\n", prompts={"user": None, "system": "New.\n"}))
    service.publish("goals", 2, 1, "Ada")
    done = project_published(service, target)
    assert done.removed == (target / "goals" / "user.md",)
    assert _files(target) == {"goals/system.md": "New.\n", **foreign}


def test_a_rollback_comes_back_as_files(service: PromptService, target: Path) -> None:
    service.create_topic(make_draft(), "Ada", publish=True)
    service.save_version("goals", 1, make_change("Second.\n"))
    service.publish("goals", 2, 1, "Ada")
    project_published(service, target)
    service.rollback("goals", 1, 2, "Ada")
    project_published(service, target)
    assert _files(target)["goals/system.md"] == "You coach {{user_name}}.\n"


def test_files_may_be_read_by_everybody_and_leave_no_draft(service: PromptService, target: Path) -> None:
    service.create_topic(make_draft(), "Ada", publish=True)
    project_published(service, target)

    assert {file.name: file.stat().st_mode & 0o777 for file in (target / "goals").iterdir()} == {
        "system.md": 0o644,
        "user.md": 0o644,
    }


def test_a_write_that_fails_leaves_the_old_file_and_no_draft(
    service: PromptService, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.create_topic(make_draft(), "Ada", publish=True)
    project_published(service, target)
    before = _files(target)
    service.save_version("goals", 1, make_change("New.\n"))
    service.publish("goals", 2, 1, "Ada")

    def refuse(*_: object) -> None:
        raise OSError("no room")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", refuse)
        with pytest.raises(OSError, match="no room"):
            project_published(service, target)
    assert _files(target) == before
    assert project_published(service, target).written == (target / "goals" / "system.md",)


def test_a_folder_named_like_a_prompt_is_left(service: PromptService, target: Path) -> None:
    service.create_topic(make_draft(), "Ada", publish=True)
    (target / "goals" / "old.md").mkdir(parents=True)
    assert project_published(service, target).removed == ()
    assert (target / "goals" / "old.md").is_dir()
