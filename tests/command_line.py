"""A command of ours run within the process, as a script calls it; it must end with the exit code that is expected."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner, Result


def run(group: Any, *words: object, code: int = 0) -> Result:
    result = CliRunner().invoke(group, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result


def answer(group: Any, *words: object, code: int = 0) -> Any:
    return json.loads(run(group, *words, "--json", code=code).stdout)
