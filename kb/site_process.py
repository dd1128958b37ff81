"""Run Datasette over a workspace as this process's child, until interrupted."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

from kb.errors import ServeError
from kb.serving import datasette_arguments, site_environment
from kb.workspace import Workspace


def serve_site(workspace: Workspace, host: str, port: int) -> None:
    """Serve until interrupted. Raises ServeError when the port is taken or Datasette cannot start."""
    check_port(host, port)
    command = site_command(workspace, host, port)
    with subprocess.Popen(command, env={**os.environ, **site_environment(workspace)}) as process:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            process.terminate()
            return
    if code:
        raise ServeError(f"the site ended with {code}: see the lines above")


def site_command(workspace: Workspace, host: str, port: int) -> list[str]:
    """The child's command line. It wants site_environment() too."""
    arguments = datasette_arguments(workspace, host=host, port=port, now=workspace.simulated_day)
    # -P: a folder called kb where the caller happens to be must not be taken for ours.
    return [sys.executable, "-P", "-m", "datasette", "serve", *arguments]


def check_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServeError(f"cannot serve on {host}:{port} ({error.strerror}): choose another with --port") from error
