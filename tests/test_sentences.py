"""What people read of the exposure room: every sentence in both languages, and the pages ask for the visitor's."""

import ast
import copy
import json
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from company_world import company_workspace
from openpyxl import load_workbook
from site_client import signed_in

from kb.measure_keys import load_keys
from kb.packs import leaves, load_packs
from kb.workspace import Workspace
from mappings.exposure.filings import WAYS
from mappings.exposure.report import OTHER, ROUTE_ZH
from mappings.exposure.sentences import Both, Sentence, in_language, join_sentences, load_names, load_sentences
from regwatch import main

ROOM = Path(__file__).resolve().parents[1] / "mappings"
SAMPLE = ROOM / "exposure" / "sample" / "transfers.yml"
DAY = ("--now", "2026-11-22")
HAN = re.compile(r"[\u4e00-\u9fff]")
SAID = {"why", "because", "stop", "problems", "splitting", "faults", "filing_needs", "mark", "condition", "what"}
PROSE = re.compile(r"\b(is|not|the|of|its|by|answered|says|known|transfers)\b")


def values_of(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def source_strings() -> set[str]:
    sources = [*ROOM.glob("exposure/*.py"), ROOM / "exposure_cli.py", ROOM / "transfer_cli.py"]
    nodes = (node for path in sources for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def asked_keys() -> Iterator[str]:
    for path in [*ROOM.glob("exposure/*.py"), ROOM / "exposure_cli.py", ROOM / "transfer_cli.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Sentence":
                first = node.args[0]
                parts = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                yield from (str(part.value) for part in parts if isinstance(part, ast.Constant))


def test_every_sentence_fills_in_the_same_values_in_both_languages() -> None:
    for key, worded in load_sentences().items():
        assert values_of(worded.en) == values_of(worded.zh), key
        assert not any(conversion == "n" for *_, conversion in Formatter().parse(worded.en)), key
        fixed = "".join(words for words, *_ in Formatter().parse(worded.en))
        if re.search(r"[a-z]{2}", fixed):
            assert HAN.search(worded.zh), key


def test_every_sentence_is_said_somewhere_and_what_is_said_is_declared() -> None:
    declared = load_sentences()
    assert set(asked_keys()) <= set(declared)
    assert not set(declared) - source_strings()


def test_whatever_a_sentence_names_has_a_chinese_name() -> None:
    packs = load_packs()
    rules = [rule for pack in packs for rule in (*pack.changes, *pack.extension, *pack.gates)]
    measured = {leaf.measure for pack in packs for rule in (*pack.items, *pack.exemptions, *pack.triggers, *pack.band)
                for leaf in leaves(rule.condition) if leaf.measure}  # fmt: skip
    named = {rule.id.partition("/")[2] for rule in rules} | measured | {s for pack in packs for s in pack.statuses}
    assert not {*load_keys(), *OTHER, *ROUTE_ZH, *WAYS, *named} - set(load_names())


def test_a_sentence_is_its_english_words_and_can_still_be_said_in_chinese() -> None:
    said = Sentence("gates_open", keys=("ciio", "state_secret"), route="assessment", why=Sentence("no_list"))
    assert said == (
        "gates not answered: ciio, state_secret; if none is shut: assessment (no list of a free-trade zone applies)"
    )
    chinese = (
        "先决事项未作答：关键信息基础设施运营者、涉及国家秘密；"
        "如均不存在：申报数据出境安全评估（没有适用的自由贸易试验区负面清单）"
    )
    for one in (said, copy.deepcopy(said), pickle.loads(pickle.dumps(said))):
        assert in_language({"why": [one], "n": 1}, "zh") == {"why": [chinese], "n": 1}
    assert in_language([said], "en") == [said]
    assert (join_sentences([]), join_sentences([said])) == ("", said)
    assert in_language(join_sentences([Sentence("no_list"), "x"]), "zh") == "没有适用的自由贸易试验区负面清单；x"
    assert copy.deepcopy(Both("stop", "停止")).in_chinese() == "停止"
    assert Both("stop").in_chinese() == "stop"


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("said") / "w"
    for words in (("init",), ("transfer", "import", str(SAMPLE), *DAY)):
        call(root, *words)
    return root


def call(root: Path, *words: str) -> str:
    env = {"REGWATCH_WORKSPACE": str(root)}
    return CliRunner().invoke(main, list(words), env=env, catch_exceptions=False).stdout


def told(value: Any, key: str = "") -> Iterator[str]:
    """Whatever is a sentence of the room: not ids, citations, quotations or the English half of what has both."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from told(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from told(inner, key)
    elif key in (
        "why",
        "because",
        "stop",
        "problems",
        "splitting",
        "faults",
        "filing_needs",
        "mark",
        "condition",
        "what",
    ):
        yield value or ""


@pytest.mark.parametrize("asked", [(), ("--what-if", "auto-data-export-guide@draft-2025")])
def test_no_english_is_left_in_what_the_command_says_in_chinese(declared: Path, asked: tuple[str, ...]) -> None:
    chinese = list(told(json.loads(call(declared, "exposure", "--json", "--language", "zh", *asked, *DAY))))
    assert len(set(chinese)) > 30
    assert not [line for line in chinese if line and (PROSE.search(line) or (" " in line and not HAN.search(line)))]
    english = json.loads(call(declared, "exposure", "--json", *asked, *DAY))
    assert english == json.loads(call(declared, "exposure", "--json", "--language", "en", *asked, *DAY))
    assert any(PROSE.search(line) for line in told(english))


def test_the_text_and_the_evidence_of_a_transfer_are_chinese_when_asked(declared: Path, tmp_path: Path) -> None:
    text = call(declared, "exposure", "camera-to-munich", "--language", "zh", *DAY,
                "--evidence", str(tmp_path / "e.xlsx"), "--picture", str(tmp_path / "p.svg"))  # fmt: skip
    assert "现行规定" in (tmp_path / "p.svg").read_text("utf-8")
    assert "现行文本尚未识读" in text
    assert "in-force text not read" not in text
    page = load_workbook(tmp_path / "e.xlsx")["条件 Conditions"]
    assert [cell.value for cell in page[2]][1:4] == ["角色", "条件", "是否满足"]
    assert not [cell.value for cell in page["E"][2:] if PROSE.search(cell.value or "")]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made: Workspace = company_workspace(tmp_path_factory.mktemp("workspace"))
    return made


PAGES = (
    "/exposure", "/transfer/labels-to-munich", f"/entity/{quote('Sample Motors')}", "/filing/filing-1", "/duties",
    "/duties?year=2027",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
async def test_a_visitor_reads_why_in_their_language(ds: Any, path: str) -> None:
    """The page and its twin for scripts answer in the language that was asked."""
    said = {}
    for language in ("en", "zh"):
        headers = {**signed_in(ds, "viewer"), "accept-language": language}
        place, _, query = path.partition("?")
        twin = (await ds.client.get(f"{place}.json?{query}", headers=headers)).json()
        said[language] = [line for line in told(twin) if line]
        page = (await ds.client.get(path, headers=headers)).text
        if language == "zh":
            assert "not answered" not in page
            assert "in-force text not read" not in page
    assert not [line for line in said["zh"] if PROSE.search(line)]
    assert bool(said["en"]) == bool(said["zh"])
