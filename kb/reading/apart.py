"""Read files in a small pool of processes that are killed when one takes too long or too much memory.

A small file of text or HTML is read at once, where it is: it can do neither. Whatever becomes of a reader, its file
gets a status and one line that says why, and the next file is read.
"""

from __future__ import annotations

import atexit
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path

from kb.model import Document, Status
from kb.reading import read_document
from kb.reading.detect import detect_format
from kb.reading.wire import document_from_json

ROOT = Path(__file__).parents[2]
AT_ONCE = 1_000_000  # bytes of text or HTML that are read without a process
SECONDS, SECONDS_PER_MEGABYTE, MOST_SECONDS = 120, 60, 1800
MEMORY = 4_000_000_000  # bytes of address space
PROCESSES = 2
_HEARD = 20_000  # bytes of what a process said
_FILES = 100  # after so many a process is replaced: libraries hoard
_LIGHT = ("html", "text", "markdown", "json", "empty", "picture", "unknown")


class Readers:
    """A pool. ``seconds`` are for a file of no size, each megabyte adds its share; ``close`` ends the processes."""

    def __init__(self, *, processes: int = PROCESSES, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self.seconds, self.memory = seconds, memory
        self.free: queue.LifoQueue[_Process | None] = queue.LifoQueue()
        for _ in range(processes):
            self.free.put(None)

    def read(self, data: bytes, *, name: str = "", content_type: str = "", url: str = "") -> Document:
        """As ``read_document``; TOO_LARGE for a file that takes too long or too much memory."""
        if len(data) <= AT_ONCE and detect_format(data, name or url, content_type) in _LIGHT:
            return read_document(data, name=name, content_type=content_type, url=url)
        process = self.free.get()
        try:
            if process is None or not process.alive:
                process = _Process(self.memory)
            limit = min(self.seconds + SECONDS_PER_MEGABYTE * len(data) / 1e6, MOST_SECONDS)
            return process.read(data, {"name": name, "content_type": content_type, "url": url}, limit)
        finally:
            self.free.put(process)

    def close(self) -> None:
        while not self.free.empty():
            if process := self.free.get_nowait():
                process.end()


class _Process:
    def __init__(self, memory: int) -> None:
        command = [sys.executable, "-m", "kb.reading.worker", str(memory)]
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 - what a library prints is for nobody, but where it ended
        self.popen = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, start_new_session=True
        )
        self.read_so_far = 0
        self.late = self.spent = False

    @property
    def alive(self) -> bool:
        return self.popen.poll() is None

    def read(self, data: bytes, said: dict[str, str], seconds: float) -> Document:
        clock = threading.Timer(seconds, self._stop)
        clock.start()
        try:
            answer = self._ask(data, said)
        except (OSError, ValueError, KeyError, TypeError):  # the pipe broke, or was cut off in the middle
            answer = None
        finally:
            clock.cancel()
        self.read_so_far += 1
        if answer is None:
            self.kill()
            self.popen.wait()
            answer = _lost(f"reading it takes more than {seconds:.0f} seconds" if self.late else self._why())
        if self.spent or self.read_so_far >= _FILES or not self.alive:
            self.end()
        return answer

    def _stop(self) -> None:
        self.late = True
        self.kill()

    def _ask(self, data: bytes, said: dict[str, str]) -> Document | None:
        assert self.popen.stdin
        assert self.popen.stdout
        self.errors.seek(0)  # the place is shared with the process
        self.errors.truncate()
        self.popen.stdin.write(json.dumps({"size": len(data), **said}).encode() + b"\n" + data)
        self.popen.stdin.flush()
        line = self.popen.stdout.readline()
        if not line:
            return None
        size, swollen = map(int, line.split())
        self.spent = bool(swollen) or self.spent
        return document_from_json(self.popen.stdout.read(size))

    def _why(self) -> str:
        code = self.popen.returncode
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return f"its reader ended by {how}{self._last_words()}: the file is broken, or takes more memory than there is"

    def _last_words(self) -> str:
        """What it said when it ended: the end of a traceback of Python, the first line of any other."""
        self.errors.seek(0)
        lines = self.errors.read(_HEARD).decode("utf-8", "replace").split("\n")
        said = [" ".join(line.split()) for line in lines if line.strip()]
        return f" ({said[-1 if said[0].startswith('Traceback') else 0][:200]})" if said else ""

    def kill(self) -> None:
        """End it at once, with what it has started."""
        with suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)

    def end(self) -> None:
        self.kill()
        self.popen.wait()
        for pipe in (self.popen.stdin, self.popen.stdout, self.errors):
            if pipe:
                with suppress(OSError):
                    pipe.close()


def _lost(why: str) -> Document:
    return Document("unknown", Status.TOO_LARGE, why, reader="apart", reader_version="1")


_shared: Readers | None = None


def read_apart(data: bytes, *, name: str = "", content_type: str = "", url: str = "") -> Document:
    """Read one file with the pool of this process, which is made when it is first needed."""
    global _shared
    if _shared is None:
        _shared = Readers()
        atexit.register(_shared.close)
    return _shared.read(data, name=name, content_type=content_type, url=url)
