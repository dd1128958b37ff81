"""What is printed is UTF-8 whatever the locale says, and no character of a page commands the terminal.

Titles and texts come from sites that nobody can vouch for: an escape sequence in one of them could clear the screen,
or write what was never said.
"""

from __future__ import annotations

import io
import os
import re
import sys

# C0 and C1 but for tab and ends of lines; the marks that turn the direction of writing.
_COMMANDS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Terminal(io.TextIOWrapper):
    """A person's terminal. Files and pipes get what was printed, byte for byte."""

    def write(self, text: str) -> int:
        super().write(harmless(text))
        return len(text)


def harmless_streams() -> None:
    """Standard output and error write UTF-8; what is no character (of a file's name) is written as \\udcff."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, io.TextIOWrapper) or isinstance(stream, Terminal):
            continue
        if stream.isatty():
            raw = io.FileIO(stream.fileno(), "wb", closefd=False)
            setattr(sys, name, Terminal(io.BufferedWriter(raw), encoding="utf-8", errors="backslashreplace",
                                        line_buffering=True))  # fmt: skip
        else:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def let_go_of_output() -> None:
    """What standard output does not take is lost, and said already: Python would try again at its end, with a trace."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def harmless(text: str) -> str:
    """The same words, with each control character as its picture: ESC as ␛; marks of direction are left out."""
    return _COMMANDS.sub(lambda found: _picture(found[0]), text)


def _picture(char: str) -> str:
    code = ord(char)
    if code < 32:
        return chr(0x2400 + code)
    return "\u2421" if code == 127 else ""
