"""A mail server on loopback that answers a step of the talk as it is told to, and otherwise as it should."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

STEPS = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "message")
GOOD = {"greeting": b"220 ready", "DATA": b"354 go on", "AUTH": b"235 welcome", "QUIT": b"221 bye"}
DROP, HANG, DRIP = b"\x00drop", b"\x00hang", b"\x00drip"


@dataclass
class OddMail:
    """``odd``: step → what is said there. ``heard`` are whole messages, whatever was answered to them."""

    port: int = 0
    odd: dict[str, bytes] = field(default_factory=dict)
    features: tuple[str, ...] = ()
    heard: list[bytes] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serve_odd_mail(**odd: bytes) -> Iterator[OddMail]:
    kept = OddMail(odd=odd)

    class Talk(socketserver.StreamRequestHandler):
        def say(self, step: str) -> bool:
            """Whether the talk goes on."""
            words = kept.odd.get(step) or GOOD.get(step)
            if words is None and step == "EHLO" and kept.features:
                lines = [b"250-here", *(b"250-" + feature.encode() for feature in kept.features)]
                words = b"\r\n".join([*lines, b"250 HELP"])
            words = words or b"250 OK"
            if words == HANG:
                kept.ended.wait(20)
            while words == DRIP and not kept.ended.wait(0.05):
                self.wfile.write(b"250-still thinking\r\n")
            if words in (DROP, HANG, DRIP):
                return False
            self.wfile.write(words + b"\r\n")
            return True

        def handle(self) -> None:
            try:
                self.talk()
            except OSError:
                return

        def talk(self) -> None:
            on = self.say("greeting")
            while on and (line := self.rfile.readline()):
                step = line[:4].strip().upper().decode("ascii", "replace")
                on = self.say("EHLO" if step == "HELO" else step)
                words = kept.odd.get("DATA") or GOOD["DATA"]
                if on and step == "DATA" and words.startswith(b"354"):
                    message = b""
                    while not message.endswith(b"\r\n.\r\n") and (more := self.rfile.readline()):
                        message += more
                    if not message.endswith(b"\r\n.\r\n"):
                        return  # hung up in the middle: no message
                    kept.heard.append(message)
                    on = self.say("message")
                on = on and step != "QUIT"

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Talk) as server:
        kept.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield kept
        finally:
            kept.ended.set()
            server.shutdown()
            thread.join()
