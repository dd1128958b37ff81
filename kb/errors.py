"""Every error that Regwatch raises on purpose.

    RegwatchError            one line: what, where, what to do; the command line prints it and exits 1
    ├── WorkspaceError       the workspace folder or its config.yml is missing, broken or not writable
    ├── DeclarationError     a YAML declaration is wrong: file, line, key, reason
    ├── NotFound             an id, file or name that does not exist
    │   └── BytesLost        captured bytes are gone from the archive, or are not what was captured
    ├── ReviewError          a decision that cannot be taken: no such field, a value that is none
    ├── CatalogError         a catalog cannot be imported at all (single bad rows are listed, not raised)
    ├── CrawlError           a crawl cannot start (a source that fails is an outcome, not an error)
    ├── ServeError           the site cannot start
    └── PublishError         what was to be published is not there, or holds what is not to be published

A document that cannot be read raises nothing: it gets a reading status in the ledger.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

_IN_THE_WAY = (errno.EEXIST, errno.ENOTDIR, errno.EISDIR)
_NOT_WRITABLE = (errno.EROFS, errno.EACCES, errno.EPERM)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class RegwatchError(Exception):
    """A clear one-line error for the person at the command line."""


class WorkspaceError(RegwatchError):
    pass


class DeclarationError(RegwatchError):
    pass


class NotFound(RegwatchError):
    pass


class BytesLost(NotFound):
    pass


class ReviewError(RegwatchError):
    pass


class CatalogError(RegwatchError):
    pass


class CrawlError(RegwatchError):
    pass


class ServeError(RegwatchError):
    pass


class PublishError(RegwatchError):
    pass


def database_advice(words: str) -> str:
    """What to do about what SQLite says."""
    if "locked" in words:
        return "another command is writing, perhaps an upgrade: wait until it has ended, then run this one again"
    if "full" in words or "disk I/O" in words:
        return "free the disk and run it again"
    if "malformed" in words or "not a database" in words:
        return "restore it from a backup; `regwatch doctor` says what is damaged"
    if "readonly" in words or "not writable" in words:
        return "nothing can be written here: check the rights, or use a copy of the workspace"
    if "unable to open" in words:
        return "it must be a file that can be read and written here, and `ulimit -n` must let it be opened"
    if "no such table" in words or "no such column" in words:
        return "it is not as Regwatch made it: restore it from a backup"
    return "try again if another command is writing; `regwatch verify` checks it"


def disk_advice(error: OSError) -> str:
    """What to do about what the disk says, to stand behind it; nothing where the error says it all."""
    if error.errno in _NOT_WRITABLE:
        return ": check the rights, or name another place"
    if error.errno in _IN_THE_WAY:
        return ": something else stands at that place: move it away"
    if "temporary directory" in str(error):
        return ": name one that can be written (`TMPDIR=/some/folder`) and run it again"
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return ": let more files be open (`ulimit -n 1024`) and run it again"
    return ": free the disk and run it again" if error.errno in _FULL else ""


def alike(things: Iterable[T], trouble: Callable[[T], K]) -> dict[K, list[T]]:
    """Things by their trouble: a network that is down is one matter, not fifty."""
    found: dict[K, list[T]] = {}
    for thing in things:
        found.setdefault(trouble(thing), []).append(thing)
    return found


def some_of(names: Sequence[str], limit: int = 3) -> str:
    """As many names as a line can hold, and how many more there are."""
    more = len(names) - limit
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:limit])} and {more} more"
