"""Answers that are kept until the databases they came from change: for questions that look at everything.

A write touches the file or its write-ahead log, so their times and sizes tell; the day and what was asked are in the
key. What is kept is shared between visitors: pages copy before they add to it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

MOST = 64  # answers

_answers: OrderedDict[Hashable, tuple[Hashable, Any]] = OrderedDict()
_lock = threading.Lock()
NOTHING = object()


def stamp_of(paths: Sequence[Path]) -> Hashable:
    """What changes when one of the databases does."""
    stamps = []
    for path in paths:
        for file in (path, path.with_name(f"{path.name}-wal")):
            try:
                found = file.stat()
                stamps.append((found.st_mtime_ns, found.st_size, found.st_ino))
            except FileNotFoundError:
                stamps.append((0, 0, 0))
    return tuple(stamps)


def recall(key: Hashable, stamp: Hashable) -> Any:
    """The answer to ``key``, if it is still good; else NOTHING."""
    with _lock:
        kept = _answers.get(key)
        if kept is None or kept[0] != stamp:
            return NOTHING
        _answers.move_to_end(key)
        return kept[1]


def keep(key: Hashable, stamp: Hashable, answer: Any) -> None:
    """``stamp`` was taken before the question was asked: a write meanwhile makes it ask again."""
    with _lock:
        _answers[key] = (stamp, answer)
        _answers.move_to_end(key)
        while len(_answers) > MOST:
            _answers.popitem(last=False)
