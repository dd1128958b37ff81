"""The process in which one file after another is read, so that it may be killed. Started by kb.reading.apart.

A request is one line of JSON (size, name, content_type, url) and the bytes; the answer is one line with the size of the
Document as JSON and 1 if the process should read no more, and the Document. Ends when its input does.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from contextlib import suppress

from kb.model import Document, Status
from kb.reading import read_document
from kb.reading.wire import document_to_json

MAX_ANSWER = 150_000_000  # bytes; a file of MAX_TEXT has some 110,000,000


def main(memory: int) -> None:
    """Read until the input ends; ``memory`` bytes may be taken at most."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it decides when it ends
    with suppress(ValueError, OSError):  # a system that cannot limit it
        resource.setrlimit(resource.RLIMIT_AS, (memory, resource.getrlimit(resource.RLIMIT_AS)[1]))
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not garble an answer
    while line := requests.readline():
        request = json.loads(line)
        data = requests.read(request.pop("size"))
        words = answer_within(data, memory, **request)
        answers.write(f"{len(words)} {int(is_swollen(memory))}\n".encode() + words)
        answers.flush()


def answer_within(data: bytes, memory: int, **said: str) -> bytes:
    """The Document as JSON; whoever asked has no limit of memory, and gets no more than ``MAX_ANSWER`` bytes."""
    with suppress(MemoryError):
        words = document_to_json(read_within(data, memory, **said))
        if len(words) <= MAX_ANSWER:
            return words
    return document_to_json(_refused(Status.TOO_LARGE, f"what is read in it is more than {MAX_ANSWER:,} bytes"))


def is_swollen(memory: int) -> bool:
    """Has this process held more than half of what it may have? Parsers tell a lack of memory as a broken file."""
    return _peak() > max(_AT_START, memory / 2)


def _peak() -> int:
    """Bytes; at the start those of the process that started this one."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


_AT_START = _peak()


def read_within(data: bytes, memory: int, **said: str) -> Document:
    """As ``read_document``; a file that takes more memory than there is is too large."""
    try:
        document = read_document(data, **said)
        if document.status is not Status.DAMAGED or not (is_swollen(memory) or "MemoryError" in document.detail):
            return document
    except MemoryError:
        pass
    except BaseException as error:  # noqa: BLE001 - a panic of a library in Rust is no Exception
        if not is_swollen(memory):
            return _refused(Status.DAMAGED, f"its reader gave up: {type(error).__name__}: {error}"[:200])
    return _refused(Status.TOO_LARGE, f"reading it takes more than {memory:,} bytes of memory")


def _refused(status: Status, detail: str) -> Document:
    return Document("unknown", status, " ".join(detail.split()), reader="worker", reader_version="1")


if __name__ == "__main__":
    main(int(sys.argv[1]))
