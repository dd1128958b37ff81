"""sqlite-utils without pandas and numpy: it loads them where they are installed, for types that no row of ours has.

With the extra ``scale`` they are installed, and every command would start a second later.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Any


def load_sqlite_utils_alone() -> None:
    """Import sqlite_utils as where there is no pandas; whoever needs pandas imports it afterwards as ever."""
    modules: dict[str, Any] = sys.modules
    if "sqlite_utils" in modules or "pandas" in modules or not find_spec("pandas"):
        return
    absent = dict.fromkeys({"pandas", "numpy"} - modules.keys())
    modules.update(absent)  # None: Python's own sign for "cannot be imported"
    try:
        import sqlite_utils  # noqa: F401
    finally:
        for name in absent:
            del modules[name]
