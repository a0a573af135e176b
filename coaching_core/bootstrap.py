"""The place where the core's parts meet: settings in, services out. Importing it builds nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from coaching_core.assessments.service import AssessmentService
from coaching_core.demo.service import DemoService
from coaching_core.llm.accounting import StoreRecorder
from coaching_core.llm.assembly import build_catalogue, build_providers, close_connections, warm
from coaching_core.llm.catalogue import Catalogue
from coaching_core.llm.gateway import Gateway
from coaching_core.llm.model_loop import ModelLoop
from coaching_core.playground.repository import PlaygroundRepository
from coaching_core.playground.service import PlaygroundService
from coaching_core.progression.ema import ProgressionSettings
from coaching_core.progression.service import ProgressionService
from coaching_core.prompts.seeds import seed_topics
from coaching_core.prompts.service import PromptService
from coaching_core.settings import Settings
from coaching_core.storage.database import Database, open_database
from coaching_core.storage.writer import AppendQueue
from coaching_core.usage.service import UsageService


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a door (screen, API, shell) may call."""

    settings: Settings
    database: Database
    appends: AppendQueue
    catalogue: Catalogue
    gateway: Gateway
    model_loop: ModelLoop
    prompts: PromptService
    playground: PlaygroundService
    assessments: AssessmentService
    progression: ProgressionService
    usage: UsageService
    demo: DemoService
    warm_models: Callable[[], None]
    _closers: tuple[Callable[[], None], ...]

    def close(self) -> None:
        """End calls under way, commit what waits, give the store free."""
        with ExitStack() as stack:
            for closer in reversed(self._closers):
                stack.callback(closer)


def build_services(settings: Settings, url: str | None = None) -> Services:
    """Open the store, seed it when it is new, and build all services.

    Args:
        settings: Where everything is.
        url: Where this process serves, when it does.

    Raises:
        StoreError: The store cannot be opened.
    """
    catalogue = build_catalogue(settings)
    database = open_database(settings, url)
    try:
        prompts = PromptService(database, settings)
        seed_topics(prompts, settings.datasets_dir)
    except BaseException:
        database.close()
        raise
    appends = AppendQueue(database)
    providers = build_providers(settings)
    gateway = Gateway(catalogue, providers, StoreRecorder(appends), settings.model_timeout_seconds)
    model_loop = ModelLoop()
    model_loop.at_close(close_connections, providers)
    playground = PlaygroundService(PlaygroundRepository(database), prompts, gateway, model_loop)
    return Services(
        settings=settings,
        database=database,
        appends=appends,
        catalogue=catalogue,
        gateway=gateway,
        model_loop=model_loop,
        prompts=prompts,
        playground=playground,
        assessments=AssessmentService(database),
        progression=ProgressionService(
            database,
            ProgressionSettings(
                settings.ema_alpha, settings.ema_window, settings.band_developing, settings.band_mastery
            ),
        ),
        usage=UsageService(database),
        demo=DemoService(database, catalogue.cost),
        warm_models=lambda: warm(providers, catalogue.models()),
        _closers=(model_loop.close, playground.close, appends.close, database.close),
    )
