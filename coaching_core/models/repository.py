"""Rows of what admins set about models."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from coaching_core.llm.configuration import ModelSettings, Task, TaskModels
from coaching_core.llm.price import Price, Rates
from coaching_core.llm.prices import with_providers_rules
from coaching_core.models.models import PriceChange
from coaching_core.models.tables import model_prices, model_roles, model_settings

_AMOUNTS = ("input", "output", "cached_input", "cache_write", "cache_write_1h")


@dataclass(frozen=True, slots=True)
class Signature:
    """Who changed something, and when."""

    author: str
    at: datetime


def select_settings(connection: sa.Connection) -> dict[str, tuple[ModelSettings, str]]:
    """Each model's settings with who made them, by name of the model."""
    rows = connection.execute(sa.select(model_settings).order_by(model_settings.c.model)).mappings()
    names = [column.name for column in model_settings.columns if column.name not in ("author", "updated_at")]
    return {row["model"]: (ModelSettings(**{name: row[name] for name in names}), row["author"]) for row in rows}


def put_settings(connection: sa.Connection, settings: ModelSettings, signature: Signature) -> None:
    """Keep a model's settings in place of those before."""
    values = asdict(settings) | {"author": signature.author, "updated_at": signature.at}
    _put(connection, model_settings, model_settings.c.model == settings.model, values)


def delete_settings(connection: sa.Connection, model: str) -> None:
    """Forget a model's settings."""
    connection.execute(sa.delete(model_settings).where(model_settings.c.model == model))


def select_tasks(connection: sa.Connection) -> dict[Task, TaskModels]:
    """Who answers for each task that an admin set; tasks of a newer release are left out."""
    rows = connection.execute(sa.select(model_roles)).mappings()
    known = [row for row in rows if row["task"] in set(Task)]
    return {Task(row["task"]): TaskModels(Task(row["task"]), tuple(row["models"]), row["swapped"]) for row in known}


def put_task(connection: sa.Connection, task: TaskModels, signature: Signature) -> None:
    """Keep who answers for a task in place of those before."""
    values = {
        "task": str(task.task),
        "models": list(task.models),
        "swapped": task.swapped,
        "author": signature.author,
        "updated_at": signature.at,
    }
    _put(connection, model_roles, model_roles.c.task == str(task.task), values)


def select_prices(connection: sa.Connection, model: str | None = None) -> tuple[PriceChange, ...]:
    """The price history, oldest line first; of one model, or of all."""
    query = sa.select(model_prices).order_by(model_prices.c.created_at, model_prices.c.id)
    if model is not None:
        query = query.where(model_prices.c.model == model)
    changes = [_change(row) for row in connection.execute(query).mappings()]
    gone = {change.withdraws for change in changes}
    return tuple(replace(change, withdrawn=change.id in gone) for change in changes)


def insert_price(connection: sa.Connection, change: PriceChange) -> None:
    """Add a line to the price history."""
    prices = None if change.price is None else amounts_of(change.price)
    values = {
        "id": change.id,
        "model": change.model,
        "valid_from": change.valid_from,
        "prices": None if prices is None else {name: f"{amount:f}" for name, amount in prices.items()},
        "withdraws": change.withdraws,
        "author": change.author,
        "created_at": change.created_at,
    }
    connection.execute(sa.insert(model_prices).values(**values))


def amounts_of(rates: Rates) -> dict[str, Decimal]:
    """The rates that are known, by name, USD per token."""
    return {name: amount for name in _AMOUNTS if (amount := getattr(rates, name)) is not None}


def _change(row: sa.RowMapping) -> PriceChange:
    names = ("id", "model", "valid_from", "withdraws", "author", "created_at")
    stored = row["prices"]
    price = None
    if stored is not None:
        rates = Rates(**{name: Decimal(amount) for name, amount in stored.items() if name in _AMOUNTS})
        price = with_providers_rules(row["model"], Price.of(rates))
    return PriceChange(price=price, **{name: row[name] for name in names})


def _put(connection: sa.Connection, table: sa.Table, key: sa.ColumnElement[bool], values: dict[str, Any]) -> None:
    """Update the row, or insert it; DuckDB's writes pass one at a time, PostgreSQL has a unique index."""
    first = next(iter(values))
    if connection.execute(sa.update(table).where(key).values(**values).returning(table.c[first])).first() is None:
        connection.execute(sa.insert(table).values(**values))
