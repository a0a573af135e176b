"""``make chaos``: thousands of calls, a tenth of them with a fault, two kill -9 in between; what was lost is counted.

A local server bills each call as a provider would. Afterwards every billed call must have exactly one record: settled
with the same tokens, or unknown with a bound at or above the bill. Prints what was injected and what was lost.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa

from benchmarks.workplace import PROJECT, environment_of, settings_of, workplace
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.assembly import build_catalogue
from coaching_core.llm.tables import prompt_runs
from coaching_core.llm.types import Usage
from coaching_core.storage.database import open_database
from coaching_core.usage.repository import iterate_all_runs
from tests.wire import Behaviour, Fault, MeteredCall
from tests.wire.client import WireServer

FAULTS = (
    Fault("status", 429, retry_after=0.2),
    Fault("status", 429),
    Fault("status", 500),
    Fault("status", 529),
    Fault("hang"),
    Fault("hang", after_chunks=3),
    Fault("cut", after_chunks=3),
    Fault("abort", after_chunks=3),
    Fault("garbage", after_chunks=2),
)
_FAULT_RATE = 0.1
_ATTEMPT_SECONDS = "2"
_KILLS = 2
_LONGEST_SECONDS = 900.0
