"""How a shell command reaches the store: by itself when it is free, through its holder when it is not."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from coaching_core.errors import InvalidInputError, NotFoundError, StoreError, StoreInUseError, WorkbenchError
from coaching_core.prompts.models import TopicVersion
from coaching_core.prompts.seeds import seed_topics
from coaching_core.prompts.service import PromptService
from coaching_core.settings import Settings
from coaching_core.storage.database import Database, open_database, store_file
from coaching_core.storage.holder import Holder, read_holder
from evals.judge_spec import NEEDS_NO_MODEL
from evals.plan import RunPlan
from evals.planner.history import MOST_SEEN, SeenRun, history_of
from evals.results.run_results import RunResults
from evals.running.folder import RunFolder
from evals.runs import RunService

if TYPE_CHECKING:
    from coaching_core.playground.models import PlaygroundSession
    from evals.judge_quality.people_said import PeopleSaid

_TIMEOUT_SECONDS = 60


class StoreAccess(Protocol):
    """The few things a run needs of the store."""

    def resolve(self, topic_id: str, reference: str) -> TopicVersion:
        """The version a reference names."""
        ...

    def register(self, folder: RunFolder) -> None:
        """Make a run known, so that the app shows it."""
        ...

    def take_in(self, run_id: str, results: RunResults | None = None) -> None:
        """Take the run's journal into the store; ``results``: read from it after its end, if they were."""
        ...

    def folders(self) -> list[Path]:
        """Folders of all known runs, newest first."""
        ...

    def seen(self) -> tuple[SeenRun, ...]:
        """What the latest runs tell of those that are planned, newest first."""
        ...

    def playground(self, session_id: str) -> PlaygroundSession:
        """A Playground conversation; raises NotFoundError where there is no such one."""
        ...

    def labels(self, run_id: str) -> PeopleSaid:
        """What people said of a run's answers."""
        ...

    def judge_trust(self, judge: str, rubric: str) -> str:
        """How far a judge agrees with people by a rubric, in words, as screens show it beside its scores."""
        ...


class DirectAccess:
    """This process holds the store."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._tenant = settings.tenant_id
        self._prompts = PromptService(database, settings)
        self._runs = RunService(database, settings.runs_folder)
        seed_topics(self._prompts, settings.datasets_dir)

    def resolve(self, topic_id: str, reference: str) -> TopicVersion:
        """The version a reference names."""
        return self._prompts.resolve(topic_id, reference)

    def register(self, folder: RunFolder) -> None:
        """Make a run known, so that the app shows it."""
        self._runs.ingest.register(folder)

    def take_in(self, run_id: str, results: RunResults | None = None) -> None:
        """Take the run's journal into the store."""
        self._runs.ingest.take_in(run_id, results)

    def folders(self) -> list[Path]:
        """Folders of all known runs, newest first."""
        return [run.folder for run in self._runs.list(limit=1000)]

    def seen(self) -> tuple[SeenRun, ...]:
        """What the latest runs tell of those that are planned, newest first."""
        return history_of(run.summary for run in self._runs.list(self._tenant, limit=MOST_SEEN))

    def playground(self, session_id: str) -> PlaygroundSession:
        """A Playground conversation."""
        from coaching_core.playground.repository import PlaygroundRepository

        found = PlaygroundRepository(self._database).find(self._tenant, session_id)
        if found is None:
            raise NotFoundError(f"There is no Playground conversation “{session_id}”.")
        return found

    def labels(self, run_id: str) -> PeopleSaid:
        """What people said of a run's answers."""
        from evals.judge_quality.people_said import people_said  # only some commands need labels, all start quicker
        from evals.labelling import LabelService

        return people_said(LabelService(self._database), run_id)

    def judge_trust(self, judge: str, rubric: str) -> str:
        """How far a judge agrees with people by a rubric, in words."""
        from evals.judge_quality.known import is_any_judge_known
        from evals.judge_quality.words import NOT_CHECKED, trust_words

        if not is_any_judge_known(self._database, self._settings.runs_folder):
            return NOT_CHECKED
        from evals.judge_quality.service import JudgeQualityService
        from evals.labelling import LabelService

        known = JudgeQualityService(self._runs, LabelService(self._database), self._settings.runs_folder)
        return trust_words(known.agreement(judge, rubric))


class HolderAccess:
    """Another process holds the store and answers for it on ``/api/local``."""

    def __init__(self, holder: Holder) -> None:
        self._holder = holder

    def resolve(self, topic_id: str, reference: str) -> TopicVersion:
        """The version a reference names."""
        answer = self._call("resolve", {"topic_id": topic_id, "reference": reference})
        return TopicVersion.model_validate(answer)

    def register(self, folder: RunFolder) -> None:
        """Make a run known, so that the app shows it."""
        self._call("runs/register", {"folder": str(folder.path.resolve())})

    def take_in(self, run_id: str, results: RunResults | None = None) -> None:  # noqa: ARG002
        """Take the run's journal into the store; its holder reads it from the folder."""
        self._call("runs/take-in", {"run_id": run_id})

    def folders(self) -> list[Path]:
        """Folders of all known runs, newest first."""
        return [Path(folder) for folder in self._call("runs/folders", {})["folders"]]

    def seen(self) -> tuple[SeenRun, ...]:
        """What the latest runs tell of those that are planned, newest first."""
        return tuple(SeenRun.from_json(run) for run in self._call("runs/seen", {})["runs"])

    def playground(self, session_id: str) -> PlaygroundSession:
        """A Playground conversation, as it is kept so far."""
        from coaching_core.playground.models import PlaygroundSession

        return PlaygroundSession.model_validate(self._call("playground/session", {"session_id": session_id}))

    def labels(self, run_id: str) -> PeopleSaid:
        """What people said of a run's answers."""
        from evals.judge_quality.people_said import PeopleSaid

        return PeopleSaid.model_validate(self._call("labels", {"run_id": run_id}))

    def judge_trust(self, judge: str, rubric: str) -> str:
        """How far a judge agrees with people by a rubric, in words."""
        return str(self._call("judges/trust", {"judge": judge, "rubric": rubric})["words"])

    def _call(self, path: str, body: dict[str, Any]) -> Any:
        request = urllib.request.Request(
            f"{self._holder.url}/api/local/{path}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "X-Holder-Token": self._holder.token},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=_TIMEOUT_SECONDS) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise _refusal(error) from error
        except (OSError, ValueError) as error:
            raise StoreError(f"The workbench at {self._holder.url} holds the store but does not answer.") from error


def trust_of(plan: RunPlan, store: StoreAccess) -> str:
    """How far a run's headline judge agrees with people, in words; nothing where a program judged."""
    panel = plan.panels[0]
    return "" if panel.kind in NEEDS_NO_MODEL else store.judge_trust(panel.label, panel.rubric.label)


@contextmanager
def open_store_access(settings: Settings) -> Iterator[StoreAccess]:
    """The store for a moment; never hold it while a run works.

    Raises:
        StoreError: Neither the store nor its holder can be reached.
    """
    try:
        database = open_database(settings)
    except StoreInUseError:
        file = store_file(settings)
        holder = read_holder(file) if file else None
        if holder is None or holder.url is None:
            raise
        yield HolderAccess(holder)
        return
    try:
        yield DirectAccess(database, settings)
    finally:
        database.close()


def _refusal(error: urllib.error.HTTPError) -> WorkbenchError:
    try:
        message = json.load(error)["error"]["message"]
    except (ValueError, KeyError, TypeError):
        message = f"The workbench that holds the store answered {error.code}."
    return InvalidInputError(message) if 400 <= error.code < 500 else StoreError(message)
