"""Become Datasette: the site runs in this process, so that whoever stops it stops the site."""

from __future__ import annotations

import os
import resource
import socket
import sys
from typing import NoReturn

from kb.errors import ServeError
from kb.serving import SITE, datasette_arguments, site_environment
from kb.workspace import Workspace, find_workspace

FEWEST_FILES = 64  # an empty site has some twenty open


def serve_site(root: str, host: str, port: int) -> NoReturn:
    """Serve the workspace at ``root`` until interrupted or terminated.

    Raises WorkspaceError when there is none, ServeError when the port is taken or the site cannot start.
    """
    workspace = find_workspace(root)
    check_port(host, port)
    _check_files()
    command = site_command(workspace, host, port)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(command[0], command, {**os.environ, **site_environment(workspace), **import_path()})


def _check_files() -> None:
    """Each visitor is a connection, and each connection has files open."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed < FEWEST_FILES:
        raise ServeError(f"only {allowed} files may be open here, and the site wants {FEWEST_FILES}: let more be open "
                         "(`ulimit -n 1024`) and run it again")  # fmt: skip


def site_command(workspace: Workspace, host: str, port: int) -> list[str]:
    """The command line of the site. It wants site_environment() and import_path() too."""
    arguments = datasette_arguments(workspace, host=host, port=port, now=workspace.simulated_day)
    # -P: a folder called kb where the caller happens to be must not be taken for ours.
    return [sys.executable, "-P", "-m", "datasette", "serve", *arguments]


def import_path() -> dict[str, str]:
    """Environment that lets the plugins import the pages: site/ is Datasette's folder, not a package of ours."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, (str(SITE), os.environ.get("PYTHONPATH"))))}


def check_port(host: str, port: int) -> None:
    """Raises ServeError when nothing can listen there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServeError(f"cannot serve on {host}:{port} ({error.strerror}): choose another with --port") from error
