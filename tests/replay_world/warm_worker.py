"""The crawler's worker, imported once and forked for each job: the same process as ever, without two seconds of start.

`python warm_worker.py serve SOCKET` waits for jobs; `python warm_worker.py SOCKET` stands in for the worker's command
and hands its own standard files over.
"""

from __future__ import annotations

import gc
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def warm_up() -> None:
    """Import what a job imports, Scrapy's own parts too, which it loads by name when a crawl begins."""
    from scrapy.settings import Settings
    from scrapy.utils.conf import build_component_list
    from scrapy.utils.misc import load_object

    import crawlers.handover
    import crawlers.spiders.generated_list
    import crawlers.spiders.jpaas_unit
    import crawlers.spiders.json_list
    import crawlers.worker  # noqa: F401
    from crawlers.settings import build_settings
    from crawlers.source import load_sources
    from kb.reading.page import read_page

    settings = Settings(build_settings(load_sources()["nda-policies"], contact="-", base_url="http://127.0.0.1"))
    for parts in ("EXTENSIONS", "DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "ITEM_PIPELINES"):
        for part in build_component_list(settings.get_component_priority_dict_with_base(parts)):
            load_object(part)
    for value in settings.values():
        if isinstance(value, str) and value.startswith(("scrapy.", "twisted.web")) and "reactor" not in value:
            load_object(value)
    for handler in settings.get_component_priority_dict_with_base("DOWNLOAD_HANDLERS").values():
        if handler:
            load_object(handler)
    read_page("<html><h1>示例</h1><p>2026年1月1日</p></html>".encode(), "https://example.invalid/1.html")
    gc.freeze()  # what every job shares is not looked through again in each


def serve(path: str) -> None:
    warm_up()
    from crawlers.worker import main

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        while True:
            client, _ = server.accept()
            _, files, _, _ = socket.recv_fds(client, 1, 3)
            child = os.fork()
            if child == 0:
                server.close()
                client.close()
                for place, file in enumerate(files):
                    os.dup2(file, place)
                sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
                code = 1
                try:
                    main()
                    code = 0
                except SystemExit as end:
                    code = int(end.code or 0)
                finally:
                    sys.stdout.flush()
                    os._exit(code)
            for file in files:
                os.close(file)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            client.sendall(bytes([status & 255]))
            client.close()


def ask(path: str) -> int:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
        socket.send_fds(client, [b"x"], [0, 1, 2])
        return (client.recv(1) or b"\x01")[0]


@contextmanager
def warm_worker(folder: Path) -> Iterator[list[str]]:
    """The command that stands in for the worker's own while this is open."""
    path = folder / "worker.socket"
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen([sys.executable, __file__, "serve", str(path)], cwd=root) as process:
        while not path.exists() and process.poll() is None:
            time.sleep(0.05)
        try:
            yield [sys.executable, "-I", "-S", __file__, str(path)]
        finally:
            process.kill()


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    else:
        sys.exit(ask(sys.argv[1]))
