"""Queues of answers to label, and labels, durable before the next answer is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from coaching_core.clock import Clock, IdFactory, new_id, utc_now
from coaching_core.errors import InvalidInputError, NotFoundError
from coaching_core.storage.database import Database
from evals.agreement.labels import HUMAN, PairLabel, ScoreLabel, Winner
from evals.labelling.drawing import drawn_tasks, labelled_tasks
from evals.labelling.importing import Answered, FittingLabels
from evals.labelling.models import LabelQueue, LabelTask, QueueKind, QueueProgress, Said, TakenLabels
from evals.labelling.tables import label_queues, labels
from evals.preference import Choice
from evals.results.run_results import RunResults

_WINNERS: Mapping[Choice, Winner] = {"one": "first", "other": "second", "tie": "tie"}
_LONGEST_NAME = 200


class LabelService:
    """What screens, commands and judge quality ask about labels.

    Args:
        database: The store.
    """

    def __init__(self, database: Database, clock: Clock = utc_now, ids: IdFactory = new_id) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids

    def make_queue(
        self, results: RunResults, name: str, kind: QueueKind, items: int, author: str, seed: int = 0
    ) -> LabelQueue:
        """Draw items of a run, by lot and balanced over phases, with the answers of all its variants.

        Args:
            results: The run; the rubric of the judge it is read by is what people go by.
            items: How many to draw; all where there are fewer.

        Raises:
            InvalidInputError: Nothing to label: no answer, or no two answers to compare.
        """
        if items < 1:
            raise InvalidInputError("Draw 1 item or more.", field="items")
        tasks = drawn_tasks(results, kind, items, seed)
        if not tasks:
            what = "no item with two answers to compare" if kind is QueueKind.PAIRWISE else "no answer to label"
            raise InvalidInputError(f"Run {results.plan.run_id} has {what}.", field="run")
        queue = self._made(results, name, kind, author, tasks, seed)
        self._keep(queue, {})
        return queue

    def take_in(self, results: RunResults, fitting: FittingLabels, name: str, author: str) -> TakenLabels:
        """Keep labels given elsewhere as a queue of their own, which is done; those that are here already stay out.

        Args:
            results: The run that they fit.

        Raises:
            InvalidInputError: All of them are here already, or answers that they are of failed in this run.
        """
        kind = QueueKind.PAIRWISE if fitting.pairwise else QueueKind.SCORE
        here = self._answers_labelled(results.plan.run_id, kind)
        new = {key: said for key, said in fitting.said.items() if key not in here}
        if not new:
            raise InvalidInputError("All labels of this file are here already; nothing was added.", field="file")
        tasks = labelled_tasks(results, dict.fromkeys(answered for _, answered in new))
        queue = self._made(results, name, kind, author, tuple(tasks.values()), 0)
        self._keep(queue, {(who, tasks[answered].id): said for (who, answered), said in new.items()})
        return TakenLabels(queue=queue, taken=len(new), known=len(fitting.said) - len(new))

    def _answers_labelled(self, run_id: str, kind: QueueKind) -> set[tuple[str, Answered]]:
        found: set[tuple[str, Answered]] = set()
        for progress in self.queues(run_id):
            if progress.queue.kind is kind:
                tasks = {task.id: (task.item.id, task.variants) for task in progress.queue.tasks}
                found |= {(who, tasks[task_id]) for who, task_id in self.said(progress.queue.id)}
        return found

    def queue(self, queue_id: str) -> LabelQueue:
        """One queue.

        Raises:
            NotFoundError: There is none.
        """
        with self._database.read() as connection:
            body = connection.scalar(sa.select(label_queues.c.body).where(label_queues.c.id == queue_id))
        if body is None:
            raise NotFoundError(f"There is no labelling queue “{queue_id}”.")
        return LabelQueue.model_validate(body)

    def queues(self, run_id: str | None = None) -> tuple[QueueProgress, ...]:
        """All queues, or those of one run, newest first, with how far their labellers are."""
        query = sa.select(label_queues.c.body).order_by(label_queues.c.created_at.desc(), label_queues.c.id.desc())
        if run_id is not None:
            query = query.where(label_queues.c.run_id == run_id)
        with self._database.read() as connection:
            found = [LabelQueue.model_validate(body) for body in connection.scalars(query)]
        return tuple(QueueProgress(queue=queue, done=self._done(queue.id)) for queue in found)

    def state(self) -> str:
        """Another text whenever a queue or a label was added, so that figures over them are computed only then."""
        counted = [sa.select(sa.func.count(), sa.func.max(table.c.created_at)) for table in (label_queues, labels)]
        with self._database.read() as connection:
            return "/".join(str(tuple(connection.execute(query).one())) for query in counted)

    def said(self, queue_id: str, labeller: str | None = None) -> dict[tuple[str, str], Said]:
        """What counts: (labeller, task) to what was said last; what was taken back is left out."""
        query = sa.select(labels).where(labels.c.queue_id == queue_id).order_by(labels.c.created_at, labels.c.id)
        if labeller is not None:
            query = query.where(labels.c.labeller == labeller)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        newest = {(row.labeller, row.task_id): row.said for row in rows}
        return {key: Said.model_validate(said) for key, said in newest.items() if said is not None}

    def next_task(self, queue: LabelQueue, labeller: str) -> LabelTask | None:
        """The labeller's next task; None when all are done."""
        done = {task for _, task in self.said(queue.id, labeller)}
        return next((task for task in queue.order_for(labeller) if task.id not in done), None)

    def say(self, queue: LabelQueue, task_id: str, labeller: str, said: Said) -> None:
        """Keep a label; it is durable when this returns. A later one of the same labeller takes its place.

        Raises:
            InvalidInputError: It does not fit the queue; nothing was changed.
        """
        queue.task(task_id)
        said.check(queue)
        self._add(queue.id, task_id, labeller, said.model_dump(mode="json"))

    def take_back(self, queue: LabelQueue, task_id: str, labeller: str) -> None:
        """Take a label back: the task comes again. What was said stays in the history."""
        queue.task(task_id)
        self._add(queue.id, task_id, labeller, None)

    def last_done(self, queue: LabelQueue, labeller: str) -> LabelTask | None:
        """The task that the labeller did last, to look at again; None when there is none."""
        counted = {task for _, task in self.said(queue.id, labeller)}
        newest = sa.select(labels.c.task_id).where(labels.c.queue_id == queue.id, labels.c.labeller == labeller)
        with self._database.read() as connection:
            rows = list(connection.scalars(newest.order_by(labels.c.created_at.desc(), labels.c.id.desc())))
        found = next((task for task in rows if task in counted), None)
        return None if found is None else queue.task(found)

    def scores_of(self, run_id: str) -> tuple[ScoreLabel, ...]:
        """Every score people gave to answers of a run; item ids as in the run, ``candidate`` the variant."""
        return self._labels_of(run_id, QueueKind.SCORE, _score_labels)

    def pairs_of(self, run_id: str) -> tuple[PairLabel, ...]:
        """Every choice people made between two answers of a run; ``first`` and ``second`` are variants."""
        return self._labels_of(run_id, QueueKind.PAIRWISE, _pair_labels)

    def _labels_of(
        self, run_id: str, kind: QueueKind, read: Callable[[LabelQueue, str, LabelTask, Said], Sequence[Any]]
    ) -> tuple[Any, ...]:
        found: list[Any] = []
        for progress in reversed(self.queues(run_id)):  # the oldest first: what a labeller says later counts
            queue = progress.queue
            if queue.kind is not kind:
                continue
            for (labeller, task_id), said in self.said(queue.id).items():
                if not said.skipped:
                    found += read(queue, labeller, queue.task(task_id), said)
        return tuple(found)

    def _made(
        self,
        results: RunResults,
        name: str,
        kind: QueueKind,
        author: str,
        tasks: tuple[LabelTask, ...],
        seed: int,
    ) -> LabelQueue:
        if not 0 < len(name.strip()) <= _LONGEST_NAME:
            raise InvalidInputError(f"Name the queue, in at most {_LONGEST_NAME} characters.", field="name")
        return LabelQueue(
            id=self._ids(),
            tenant_id=results.plan.tenant_id,
            name=name.strip(),
            run_id=results.plan.run_id,
            kind=kind,
            rubric=results.plan.rubric,
            tasks=tasks,
            seed=seed,
            created_by=author,
            created_at=self._clock(),
        )

    def _keep(self, queue: LabelQueue, said: Mapping[tuple[str, str], Said]) -> None:
        row = {"id": queue.id, "tenant_id": queue.tenant_id, "run_id": queue.run_id, "created_at": queue.created_at}
        rows = [
            self._row(queue.id, task_id, labeller, label.model_dump(mode="json"))
            for (labeller, task_id), label in said.items()
        ]
        with self._database.unit_of_work() as work:
            work.connection.execute(sa.insert(label_queues).values(row | {"body": queue.model_dump(mode="json")}))
            if rows:
                work.connection.execute(sa.insert(labels), rows)

    def _add(self, queue_id: str, task_id: str, labeller: str, said: dict[str, Any] | None) -> None:
        row = self._row(queue_id, task_id, labeller, said)
        with self._database.unit_of_work() as work:
            work.connection.execute(sa.insert(labels).values(row))

    def _row(self, queue_id: str, task_id: str, labeller: str, said: dict[str, Any] | None) -> dict[str, Any]:
        who = labeller.strip()
        if not who or len(who) > _LONGEST_NAME:
            raise InvalidInputError("Say who labels.", field="labeller")
        return {
            "id": self._ids(),
            "queue_id": queue_id,
            "task_id": task_id,
            "labeller": who,
            "said": said,
            "created_at": self._clock(),
        }

    def _done(self, queue_id: str) -> dict[str, int]:
        done: dict[str, int] = {}
        for labeller, _ in self.said(queue_id):
            done[labeller] = done.get(labeller, 0) + 1
        return done


def _score_labels(_: LabelQueue, labeller: str, task: LabelTask, said: Said) -> list[ScoreLabel]:
    return [
        ScoreLabel(
            item_id=task.item.id,
            labeller=labeller,
            criterion=criterion,
            score=score,
            line=0,
            candidate=task.variants[0],
            reason=None if score is not None else "The labeller could not tell.",
        )
        for criterion, score in said.scores.items()
    ]


def _pair_labels(_: LabelQueue, labeller: str, task: LabelTask, said: Said) -> list[PairLabel]:
    one, other = task.variants
    return [
        PairLabel(
            item_id=task.item.id,
            first=one,
            second=other,
            winner=None if said.choice is None else _WINNERS[said.choice],
            judge=labeller,
            kind=HUMAN,
            line=0,
            order="swapped" if said.shown_first == 1 else "given",
        )
    ]
