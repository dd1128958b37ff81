"""`python -m crawlers.sample --at 2026-02-03`: serve the sample sites of that day until interrupted."""

from __future__ import annotations

import threading
from datetime import datetime

import click

from crawlers.sample.server import serve_sample
from kb.terminal import Command, echo, say


@click.command(cls=Command)
@click.option("--at", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day to show, as 2026-02-03.")
@click.option("--port", default=0, type=click.IntRange(0, 65533), help="First of three ports; free ones by default.")
def main(at: datetime, port: int) -> None:
    """Serve the three sample agencies on 127.0.0.1 as they stood on a day.

    \b
    Example: python -m crawlers.sample --at 2026-02-03 --port 8700
    """
    day = at.date().isoformat()
    with serve_sample(day, port) as site:
        for agency, url in site.hosts.items():
            echo(f"{agency}  {url}")
        pairs = " ".join(f"--base-url {source}={url}" for source, url in site.base_urls.items())
        echo(f"\nregwatch crawl --now {day} {pairs}")
        say("serving until interrupted (Ctrl-C)")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            say("stopped")


if __name__ == "__main__":
    main()
