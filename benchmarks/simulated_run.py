"""A run with simulated models at the shell: what a person without a key waits for."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

from benchmarks.measurement import Measurement
from benchmarks.workplace import environment_of, run_child, workplace

_CODE = (
    "import sys; from evals.cli import main; code = main(sys.argv[1:]); "
    "sys.stderr.write('\\nLITELLM ' + str('litellm' in sys.modules)); sys.exit(code)"
)
_RUN = [
    *("run", "--dataset", "coaching_reply", "--topic", "core_values", "--all-topics", "--limit", "60"),
    *("--prompt", "published", "--model", "simulated/coach-steady", "--model", "simulated/coach-keen"),
    *("--judge", "simulated/judge"),
]


def measure() -> Iterator[Measurement]:
    """60 items × 2 models from the command to its end, at a realistic pace and with no pause at all."""
    for pace in ("1", "0"):
        with workplace() as home:
            begun = time.perf_counter()
            done = run_child(["-c", _CODE, *_RUN], environment_of(home, SIMULATED_PACE=pace))
            seconds = time.perf_counter() - begun
        imported = "imported" if "LITELLM True" in done.stderr else "not imported"
        note = f"LiteLLM {imported}; {json.loads(done.stdout)['status']}"
        yield Measurement(f"simulated run, 60 items × 2 (SIMULATED_PACE={pace})", seconds, "s", note=note)
