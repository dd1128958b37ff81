"""How urlwatch, webchanges and changedetection.io are asked to check a set of addresses once, and what they then say.

Each is the program that PyPI has, in a virtual environment of its own, as it comes and with the best filters a person
who knows these sites would give it: the article's own part of each page, the rows of each list sorted, the words of
each PDF. Owns no timeline and no judgement of what they say.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import yaml

CSS = {"miit": "#con_title, #con_con", "cac": "h1.title, #BodyLabel", "nda": ".detail h1, .article"}
ROWS = {"cac": "#loadingInfoPage", "nda": ".u-list"}  # MIIT's rows come as JSON
HOW = ("as it comes", "html2text", "filters for each site")
Check = Callable[[], dict[str, tuple[str, str]]]  # what is watched → CHANGED or ERROR, and the words marked as new


def kind_of(name: str) -> tuple[str, str]:
    """Page, annex or list; and whose."""
    agency = name.removeprefix("annex of ").split(":")[0].split("-")[0]
    return ("annex" if name.startswith("annex of ") else "page" if ":" in name else "list"), agency


# ── urlwatch and webchanges ─────────────────────────────────────────────────────────────────────────────────────────


def job_of(how: str, name: str, url: str) -> dict[str, Any]:
    """A job of their files. Both hand a PDF to a filter as text, so its words are read by a command instead."""
    if how == HOW[2] and kind_of(name)[0] == "annex":
        return {"command": f"curl -sf '{url}' | pdftotext -layout - -"}
    chosen = filters(how, name)
    kept = {"compared_versions": 3} if how == HOW[2] else {}  # what is back as it was is not told again
    return {"url": url, **({"filter": chosen} if chosen else {}), **kept}


def filters(how: str, name: str) -> list[Any]:
    kind, agency = kind_of(name)
    if how == HOW[0]:
        return []
    if kind == "annex":
        return []
    if how == HOW[1]:
        return ["html2text"]
    chosen = CSS[agency] if kind == "page" else ROWS.get(agency)
    cut = [{"css": {"selector": chosen}}, "html2text"] if chosen else []
    return [*cut, *(["sort"] if kind == "list" else [])]


@contextmanager
def by_command(peer: str, bins: Path, how: str, watched: Mapping[str, str], folder: Path) -> Iterator[Check]:
    names = {f"job-{number}": name for number, name in enumerate(watched)}
    jobs = [{"name": job, **job_of(how, name, watched[name])} for job, name in names.items()]
    (folder / "jobs.yaml").write_text(yaml.safe_dump_all(jobs))
    flags = ("--urls", "--cache") if peer == "urlwatch" else ("--jobs", "--database")
    command = [str(bins / peer), flags[0], "jobs.yaml", "--config", "c.yaml", flags[1], "c.db"]
    settings = {**os.environ, "HOME": str(folder), "PYTHONIOENCODING": "utf-8", "LANG": "C.UTF-8"}

    def check() -> dict[str, tuple[str, str]]:
        time.sleep(1.1)  # versions are told apart by whole seconds
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=settings)
        if done.returncode not in (0, 1, 3) or (not done.stdout and done.stderr):
            print(f"{peer}: {done.stderr[-500:]}", file=sys.stderr)
        return {names[job]: said for job, said in _sections(done.stdout) if job in names}

    yield check


def _sections(printed: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Job, what its section is headed with, and the lines that it adds."""
    found: dict[str, tuple[str, str]] = {}
    name = ""
    for line in re.sub(r"\x1b\[[0-9;]*m", "", printed).splitlines():
        if head := re.search(r"\b(CHANGED|NEW|ERROR|UNCHANGED)\b.*?\b(job-\d+)\b", line):
            name = head[2]
            found.setdefault(name, (head[1], ""))
        elif name and line.startswith("+") and not line.startswith("+++"):
            found[name] = (found[name][0], found[name][1] + line[1:])
    yield from found.items()


# ── changedetection.io: its server and its workers on loopback, asked by its API ────────────────────────────────────


def watch_of(how: str, name: str, url: str) -> dict[str, Any]:
    kind, agency = kind_of(name)
    watch: dict[str, Any] = {"url": url, "title": name}
    if how == HOW[2] and kind == "page":
        watch["include_filters"] = CSS[agency].split(", ")
    if how == HOW[2] and kind == "list":
        watch |= {"sort_text_alphabetically": True} | ({"include_filters": [ROWS[agency]]} if agency in ROWS else {})
    return watch


@dataclass
class Api:
    url: str
    key: str

    def ask(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        head = {"x-api-key": self.key, "Content-Type": "application/json"}
        with urlopen(Request(f"{self.url}/api/v1/{path}", data, head), timeout=60) as answer:
            said = answer.read().decode()
        return json.loads(said) if answer.headers.get_content_type() == "application/json" else said


@contextmanager
def by_server(bins: Path, how: str, watched: Mapping[str, str], folder: Path) -> Iterator[Check]:
    with _served(bins, folder) as api:
        ids = {api.ask("watch", watch_of(how, name, url))["uuid"]: name for name, url in watched.items()}
        seen = dict.fromkeys(ids, (0, 0))  # when last checked, how many versions

        def check() -> dict[str, tuple[str, str]]:
            time.sleep(1.1)  # its clock is of whole seconds
            if any(last for last, _ in seen.values()):
                api.ask("watch?recheck_all=1")
            rows = _all_checked(api, {id: last for id, (last, _) in seen.items()})
            said = {}
            for id, row in rows.items():
                versions = api.ask(f"watch/{id}")["history_n"]
                if row["last_error"]:
                    said[ids[id]] = ("ERROR", str(row["last_error"]))
                elif versions > max(1, seen[id][1]):
                    said[ids[id]] = ("CHANGED", _added(api, id))
                seen[id] = row["last_checked"], versions
            return said

        yield check


def _all_checked(api: Api, before: Mapping[str, int]) -> dict[str, Any]:
    for _ in range(600):
        rows = {id: row for id, row in api.ask("watch").items() if id in before}
        if all(rows[id]["last_checked"] > last for id, last in before.items()):
            return rows
        time.sleep(0.25)
    raise SystemExit("changedetection.io did not check all addresses within 150 seconds")


def _added(api: Api, id: str) -> str:
    asked = "changesOnly=true&removed=false&replaced=true&no_markup=true"
    return re.sub(r"@\w+_PLACEMARKER_\w+", "", api.ask(f"watch/{id}/difference/previous/latest?{asked}"))


@contextmanager
def _served(bins: Path, folder: Path) -> Iterator[Api]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"HOME": str(folder), "ALLOW_IANA_RESTRICTED_ADDRESSES": "true", "DISABLE_VERSION_CHECK": "true",
                "MINIMUM_SECONDS_RECHECK_TIME": "0", "LISTEN_HOST": "127.0.0.1"}  # fmt: skip
    command = [
        bins / "changedetection.io",
        "-d",
        folder / "store",
        "-C",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        "-l",
        "ERROR",
    ]
    with (folder / "log").open("w") as log, subprocess.Popen(
        command, cwd=folder, stdout=log, stderr=log, env={**os.environ, **settings}
    ) as server:  # fmt: skip
        try:
            api = Api(f"http://127.0.0.1:{port}", _key(folder / "store", server))
            for id in _when_up(api):
                with urlopen(Request(f"{api.url}/api/v1/watch/{id}", headers={"x-api-key": api.key}, method="DELETE")):
                    pass
            yield api
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


def _key(store: Path, server: subprocess.Popen[bytes]) -> str:
    for _ in range(240):
        for file in store.glob("*.json"):
            found = re.search(r'"api_access_token":\s*"(\w+)"', file.read_text("utf-8"))
            if found:
                return found[1]
        if server.poll() is not None:
            break
        time.sleep(0.25)
    raise SystemExit(f"changedetection.io did not start: {(store.parent / 'log').read_text()[-1000:]}")


def _when_up(api: Api) -> list[str]:
    """The watches that it comes with, once it answers."""
    for _ in range(240):
        try:
            return list(api.ask("watch"))
        except OSError:
            time.sleep(0.25)
    raise SystemExit("changedetection.io does not answer")
