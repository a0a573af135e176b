"""``replay``: a run over past conversations."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from coaching_core.clock import utc_now
from coaching_core.errors import InvalidInputError
from coaching_core.settings import Settings
from evals.commands import Subparsers
from evals.commands.carrying_out import carry_out, make_known, require_models
from evals.commands.folders import output_folder
from evals.commands.output import EXIT_OK, complain, print_json
from evals.commands.plan_context import plan_context
from evals.commands.run_options import add_outcome_options, add_request_options, requested
from evals.plan import PlanRequest
from evals.planning import build_plan_for
from evals.replay import PastConversation, Replay, ReplayChoice, ReplayMode, conversations_of, read_conversations
from evals.replay import replay_dataset as as_dataset
from evals.running.folder import RunFolder
from evals.store_access import StoreAccess, open_store_access

_MODES = {"fixed": ReplayMode.FIXED, "continued": ReplayMode.CONTINUED}


def add(commands: Subparsers) -> None:
    """``replay``."""
    command = commands.add_parser("replay", help="a run over past conversations")
    source = command.add_mutually_exclusive_group(required=True)
    source.add_argument("--conversations", type=Path, metavar="FILE", help="conversations as JSON Lines")
    source.add_argument("--playground", nargs="+", metavar="SESSION", help="ids of Playground conversations")
    command.add_argument(
        "--mode",
        choices=_MODES,
        default="fixed",
        help="fixed: the coach's next turn in the real history; continued: a simulated coachee goes on from there",
    )
    command.add_argument("--every", type=int, default=1, metavar="N", help="of the person's turns every N-th (fixed)")
    command.add_argument("--last", type=int, metavar="N", help="of these only the last N (fixed)")
    command.add_argument(
        "--keep", type=int, metavar="N", help="go on after N turns of the person, not half (continued)"
    )
    command.add_argument("--as-is", action="store_true", help="keep personal data; otherwise it is replaced")
    add_request_options(command)
    add_outcome_options(command)
    command.set_defaults(command=_replay)


def _replay(options: argparse.Namespace, settings: Settings) -> int:
    if options.dataset or options.plan:
        raise InvalidInputError("replay makes its own dataset: leave --dataset and --plan out.", field="dataset")
    choice = ReplayChoice(_MODES[options.mode], options.every, options.last, options.keep, options.as_is)
    with open_store_access(settings) as store:
        conversations, source = _conversations(options, store)
        replay = as_dataset(_with_topics(conversations, options.topic), choice, f"replay {source}", source)
        _say(replay, choice)
        plan = build_plan_for(_request(options, replay), replay.dataset, plan_context(settings, store), utc_now())
        require_models(plan, settings)
        folder = RunFolder(output_folder(options, settings) / plan.run_id)
        folder.create(plan)
        make_known(folder, store)
    outcome = carry_out(folder, settings, options)
    print_json(outcome.document | {"replay": str(choice.mode)})
    return outcome.code


def _conversations(options: argparse.Namespace, store: StoreAccess) -> tuple[tuple[PastConversation, ...], str]:
    if options.conversations is not None:
        return read_conversations(options.conversations), options.conversations.name
    sessions = [store.playground(session_id) for session_id in dict.fromkeys(options.playground)]
    return tuple(one for session in sessions for one in conversations_of(session)), "Playground"


def _with_topics(conversations: Sequence[PastConversation], topic: str) -> list[PastConversation]:
    """Those that name no topic get the one of the option."""
    if not topic and (bare := [one.id for one in conversations if not one.topic]):
        raise InvalidInputError(f"Conversation “{bare[0]}” names no topic. Name one with --topic.", field="topic")
    return [one if one.topic else one.model_copy(update={"topic": topic}) for one in conversations]


def _say(replay: Replay, choice: ReplayChoice) -> None:
    items = len(replay.dataset.items)
    words = [f"Replay, {choice.mode}: {items} items."]
    if replay.left_out:
        words.append(f"Left out, because nobody is waiting for an answer: {', '.join(replay.left_out)}.")
    if not choice.as_is:
        words.append(f"{replay.replaced} pieces of personal data were replaced; look them over before you share a run.")
    complain(" ".join(words), EXIT_OK)


def _request(options: argparse.Namespace, replay: Replay) -> PlanRequest:
    options.dataset = [replay.dataset.name]
    (request,) = requested(options)
    if not isinstance(request, PlanRequest):
        raise InvalidInputError("A replay is planned from its options.")
    return request
