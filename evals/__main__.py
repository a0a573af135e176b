"""``python -m evals``."""

import gc
import os
import sys

# DuckDB imports pandas (0.3 s) to see whether a parameter of a query is one of its values; at the shell none ever is.
sys.modules["pandas"] = None  # type: ignore[assignment]
gc.set_threshold(50_000, 20, 100)  # a run makes millions of objects, hardly any in cycles: a tenth of its CPU went here

from evals.cli import main  # noqa: E402

code = main()
print(end="", flush=True)  # noqa: T201
os._exit(code)  # all is closed and said; to take a thousand modules apart would take 0.1 s
