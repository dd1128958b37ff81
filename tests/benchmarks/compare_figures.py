"""Comparing measured: one-character edits of numbers, renumberings, time and memory for 300 provisions.

    .venv/bin/python tests/benchmarks/compare_figures.py

Real provisions and rules are those of ../shared where it is, otherwise the sample texts of the tests. Beside the time
in the same run: difflib.SequenceMatcher over the two whole texts, character by character.
"""

from __future__ import annotations

import difflib
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from law_corpus import OFFICIAL, generated, official
from law_texts import GUIDE, LAW, SHARED, provisions, shared_provisions

from kb.comparing.compare import compare_texts
from kb.comparing.redline import mark_edits
from kb.items.measures import find_quantities, lexicon
from kb.model import Provision
from kb.structure.units import read_units

EDITS = 500
_DIGITS = "一二三四五六七八九"
_DATE = re.compile(r"\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2}月\d{1,2}日")


def main() -> None:
    if sys.argv[1:] == ["--memory"]:
        three_hundred()
        return
    edits()
    renumberings()
    speed()


def units() -> list[list[Provision]]:
    if SHARED.is_dir():
        return [list(shared_provisions(name)) for name in OFFICIAL]
    return [list(provisions(text)) for text in (LAW, GUIDE)]


def edit_cases(count: int) -> tuple[list[tuple[str, str, int, int, str]], int]:
    """(text, text with one digit of a number changed, where the number stands, its grade), and of how many numbers."""
    rng = random.Random(17)
    texts = [unit.provision.text for listed in units() for unit in read_units(listed)]
    texts += [item.rule for item in rules()] + titles()
    places = [(text, *place) for text in texts for place in _places(text)]
    cases = []
    for text, start, end, grade in [rng.choice(places) for _ in range(count)]:
        at = rng.choice([at for at in range(start, end) if text[at] in "0123456789" + _DIGITS])
        digits = "123456789" if text[at].isascii() else _DIGITS
        new = text[:at] + rng.choice([digit for digit in digits if digit != text[at]]) + text[at + 1 :]
        cases.append((text, new, start, end, grade))
    return cases, len(places)


def edits() -> None:
    """One digit of a number with a unit changed, in provisions, rules and titles: are mark and grade right?"""
    cases, numbers = edit_cases(EDITS)
    exact = graded = 0
    wrong = []
    for text, new, start, end, grade in cases:
        found = mark_edits(text, new)
        marked = [(edit.old, edit.new) for edit in found] == [(text[start:end], new[start:end])]
        listed = compare_texts(provisions_of(text), provisions_of(new)).provisions
        given = next((change.grade for change in listed if change.kind == "modified"), None)
        exact, graded = exact + marked, graded + (given == grade)
        if not marked or given != grade:
            wrong.append((text[max(0, start - 12) : end + 8], text[start:end], new[start:end], grade, given))
    print(f"one-character edits: {EDITS} of {numbers} numbers; marks exact {exact}, grade of the unit {graded}")
    for case in wrong[:8]:
        print("   ", *case)


def _places(text: str) -> list[tuple[int, int, str]]:
    """(start, end, grade) of the numbers of a text that have a unit or stand in a date."""
    found = []
    for quantity in find_quantities(text):
        if quantity.unit == "things" and quantity.comparator == "=":
            continue
        grade = lexicon().units[quantity.unit].grade
        hours = quantity.unit == "hours" and quantity.value >= 200
        found.append((quantity.start, quantity.number_end, "threshold" if hours else grade))
    for date in _DATE.finditer(text):
        number = re.compile(r"\d+").search(text, date.start())
        if number:
            found.append((*number.span(), "deadline"))
    return [
        (start, end, grade)
        for start, end, grade in found
        if any(char in "0123456789" + _DIGITS for char in text[start:end])
    ]


def provisions_of(text: str) -> list[Provision]:
    return [Provision("art_1", "article", "第一条", "", text, None, 1, 0, len(text))]


def rules() -> list[object]:
    from kb.items.data_items import read_data_items
    from kb.reading import read_document
    from kb.structure.provisions import read_provisions

    path = SHARED / "texts" / "auto_data_export_guide_2025_draft.rebuilt.pdf"
    if not path.exists():
        return []
    document = read_document(path.read_bytes(), name=path.name)
    return list(read_data_items(document, read_provisions(document)).items)


def titles() -> list[str]:
    return [f"示例数据出境安全指引（{year}年版）" for year in range(2020, 2027)]


def renumbered(count: int) -> Iterator[tuple[list[str], list[str], bool]]:
    """Articles before and after some were put in or taken out; ``True`` where they were shuffled, too."""
    rng = random.Random(23)
    pool = list(dict.fromkeys(one.replace("\n", "") for one in official() if 20 < len(one) < 400 and "第" not in one))
    made = generated(37, official())
    pool += [next(made).replace("\n", "") for _ in range(60 - len(pool))]  # the sample texts alone are few
    for _ in range(count):
        old = rng.sample(pool, 30)
        new = old.copy()
        taken_out = rng.random() < 0.5  # one or the other: what replaces an article may well be its new wording
        for _ in range(rng.randrange(1, 4)):
            new.pop(rng.randrange(len(new))) if taken_out else new.insert(rng.randrange(len(new)), rng.choice(pool))
        shuffled = rng.random() < 0.3
        if shuffled:
            rng.shuffle(new)
        yield old, list(dict.fromkeys(new)), shuffled


def renumberings() -> None:
    """An article put in or taken out, articles shuffled: none of the others may be modified."""
    modified = 0
    for old, new, _ in renumbered(EDITS):
        modified += compare_texts(articles(old), articles(new)).summary["modified"] > 0
    print(f"renumberings: {EDITS} tries, {modified} with something called modified")


def articles(texts: list[str]) -> list[Provision]:
    return [
        Provision(f"art_{at}", "article", f"第{at}条", "", text, None, at, 0, len(text))
        for at, text in enumerate(texts, 1)
    ]


def pair() -> tuple[list[str], list[str]]:
    """Two versions of 300 provisions of 30,000 characters: half untouched, numbers and words changed, some moved."""
    rng = random.Random(29)
    made = generated(31, official())
    old = [next(made)[:99] + "。" for _ in range(300)]
    new = []
    for at, text in enumerate(old):
        if at % 4 == 0:
            text = re.sub(r"\d+|应当", lambda found: "可以" if found[0] == "应当" else str(int(found[0]) + 1), text)
        elif at % 7 == 0:
            cut = rng.randrange(20, 80)
            text = text[:cut] + "并予以公布" + text[cut + 9 :]
        new.append(text)
    new.insert(40, new.pop(200))
    new.insert(100, next(made)[:99] + "。")
    del new[250]
    return old, new


def three_hundred() -> tuple[float, int]:
    import resource

    old, new = map(articles, pair())
    compare_texts(old[:5], new[1:6])  # loads the dictionaries
    start = time.process_time()
    compare_texts(old, new)
    taken = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{taken:.3f} {memory}")
    return taken, memory


def speed() -> None:
    asked = [sys.executable, __file__, "--memory"]
    runs = [subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split() for _ in range(3)]
    taken, memory = min(float(run[0]) for run in runs), max(int(run[1]) for run in runs)
    old, new = ("\n".join(side) for side in pair())
    start = time.process_time()
    difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    whole = time.process_time() - start
    print(f"300 provisions, {len(old):,} characters: {taken:.2f} s and {memory} MB for the process (best of 3)")
    print(f"difflib over the whole text: {whole:.2f} s, {whole / taken:.0f} times as long")


if __name__ == "__main__":
    main()
