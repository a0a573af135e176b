"""Schema 4: usage summed up by day; on PostgreSQL, triggers that keep the sums in step with every writer.

The tables and sums are copied here: a migration never changes with the code of later releases.
"""

from __future__ import annotations

import sqlalchemy as sa

_KEYS = {
    "usage_cells": "day, tenant_id, provider, model, topic_id, prompt_version, purpose, simulated",
    "usage_people": "day, tenant_id, user_id, simulated",
}
_KEY_COLUMNS = {
    "usage_cells": (
        "day date not null, tenant_id varchar not null, provider varchar not null, model varchar not null, "
        "topic_id varchar, prompt_version integer, purpose varchar not null, simulated boolean not null"
    ),
    "usage_people": "day date not null, tenant_id varchar not null, user_id varchar, simulated boolean not null",
}
_FINAL = "coalesce(final, true)"
_OK = f"({_FINAL} and status = 'ok')"
_TIMED = f"({_OK} and saved_usd is null and coalesce(loop_lag_ms, 0) <= 100)"
_MEASURES = {
    "calls": f"count(*) filter (where {_FINAL})",
    "attempts": "count(*)",
    "errors": f"count(*) filter (where {_FINAL} and status in ('error', 'timeout', 'unknown'))",
    "refused": f"count(*) filter (where {_FINAL} and status = 'refused')",
    "answered": f"count(*) filter (where {_OK})",
    "fallbacks": f"count(*) filter (where {_OK} and asked_model is not null)",
    "kept": "count(saved_usd)",
    "lagging": f"count(*) filter (where {_OK} and saved_usd is null and coalesce(loop_lag_ms, 0) > 100)",
    "unknown_costs": "count(*) filter (where cost_usd is null)",
    "unbounded_costs": "count(*) filter (where cost_usd is null and held_usd is null)",
    "input_tokens": "coalesce(sum(input_tokens), 0)",
    "output_tokens": "coalesce(sum(output_tokens), 0)",
    "cached_tokens": "coalesce(sum(cached_tokens), 0)",
    "cache_write_tokens": "coalesce(sum(cache_write_tokens), 0)",
    "cost_usd": "coalesce(sum(cost_usd), 0)",
    "held_usd": "coalesce(sum(held_usd) filter (where cost_usd is null), 0)",
    "saved_usd": "coalesce(sum(saved_usd), 0)",
}
_SAMPLES = {
    "latencies": f"string_agg(float8send(coalesce(waited_ms, 0) + latency_ms), '') filter (where {_TIMED})",
    "ttfts": "string_agg(float8send(coalesce(waited_ms, 0) + ttft_ms), '') "
    f"filter (where {_TIMED} and ttft_ms is not null)",
}
_INDEXES = (
    "create index ix_prompt_runs_user on prompt_runs (user_id, created_at)",
    "create index ix_prompt_runs_topic on prompt_runs (topic_id, prompt_version, created_at)",
    "create index ix_prompt_runs_request on prompt_runs (request_id)",
    "create index ix_prompt_runs_call on prompt_runs (call_id)",
    "create index ix_prompt_runs_not_ok on prompt_runs (created_at) where status <> 'ok'",
)
_LOCK_KEY = 7_202_613


def upgrade(connection: sa.Connection) -> None:
    """Create the tables. On DuckDB the first fold fills them; on PostgreSQL this does, and triggers from then on."""
    postgresql = connection.dialect.name == "postgresql"
    for table in _KEYS:
        connection.execute(sa.text(f"create table {table} ({_columns(table, postgresql)})"))
    connection.execute(sa.text("create table usage_folds (last_row bigint not null, holes bigint not null)"))
    if postgresql:
        _keep_in_step(connection)


def _columns(table: str, postgresql: bool) -> str:
    money = ("cost_usd", "held_usd", "saved_usd")
    measures = [f"{name} {'numeric(24, 12)' if name in money else 'bigint'} not null" for name in _MEASURES]
    kind = "bytea" if postgresql else "double[]"
    samples = [f"{name} {kind}" for name in _SAMPLES]
    return ", ".join([_KEY_COLUMNS[table], *measures, *samples, "fresh boolean not null"])


def _keep_in_step(connection: sa.Connection) -> None:
    for table in _KEYS:
        connection.execute(sa.text(f"create index ix_{table} on {table} (tenant_id, day)"))
        connection.execute(sa.text(f"create index ix_{table}_fresh on {table} (day) where fresh"))
        connection.execute(sa.text(_count(table, "prompt_runs", fresh=False)))
        for name in _SAMPLES:  # doubles hardly compress
            connection.execute(sa.text(f"alter table {table} alter column {name} set storage external"))
    for statement in _INDEXES:
        connection.execute(sa.text(statement))
    for statement in _functions():
        connection.execute(sa.text(statement))
    for event, transition, does in (
        ("insert", "new table as gone_or_new", "usage_add"),
        ("delete", "old table as gone_or_new", "usage_recount"),
        ("update", "old table as gone_or_new new table as changed", "usage_recount_changed"),
    ):
        connection.execute(
            sa.text(
                f"create trigger usage_after_{event} after {event} on prompt_runs referencing {transition} "
                f"for each statement execute function {does}()"
            )
        )


def _count(table: str, source: str, fresh: bool, where: str = "true") -> str:
    keys = _KEYS[table]
    sums = _MEASURES | _SAMPLES
    taken = keys.replace("day", "created_at::date", 1)
    group = ", ".join(str(place) for place in range(1, keys.count(",") + 2))
    return (
        f"insert into {table} ({keys}, {', '.join(sums)}, fresh) select {taken}, {', '.join(sums.values())}, "
        f"{str(fresh).lower()} from {source} where {where} group by {group}"
    )


def _functions() -> list[str]:
    """Adding counts what is new. Recounting replaces the cells of the days and tenants that lost a row."""
    add = "; ".join(_count(table, "gone_or_new", fresh=True) for table in _KEYS)
    recount = "".join(_recount(table) for table in _KEYS)
    return [
        f"create function usage_add() returns trigger language plpgsql as $$ begin {add}; return null; end $$",
        _recounting("usage_recount", "gone_or_new", recount),
        _recounting(
            "usage_recount_changed",
            "(select tenant_id, created_at from gone_or_new"
            " union all select tenant_id, created_at from changed) as touched",
            recount,
        ),
    ]


def _recounting(name: str, rows: str, recount: str) -> str:
    return (
        f"create function {name}() returns trigger language plpgsql as $$ declare one record; begin "
        f"for one in select tenant_id, created_at::date as day, count(*) from {rows} group by 1, 2 order by 1, 2 loop "
        f"perform pg_advisory_xact_lock({_LOCK_KEY}); {recount} end loop; return null; end $$"
    )


def _recount(table: str) -> str:
    mine = "tenant_id = one.tenant_id and created_at >= one.day and created_at < one.day + 1"
    return (
        f"with gone as (delete from {table} where tenant_id = one.tenant_id and day = one.day) "
        f"{_count(table, 'prompt_runs', fresh=False, where=mine)}; "
    )
